"""Tasks of this app: each unpacks its arguments and calls one service."""

from __future__ import annotations

from celery import shared_task

from staff.services import passwords


@shared_task(name="staff.mail_password_reset")
def mail_password_reset(email: str, portal: str) -> None:
    passwords.send_reset(email, portal=portal)


@shared_task(name="staff.mail_invitation")
def mail_invitation(employee_id: int, portal: str) -> None:
    passwords.send_invitation(employee_id, portal=portal)
