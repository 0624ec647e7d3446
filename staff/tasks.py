"""Tasks of this app: each unpacks its arguments and calls one service."""

from __future__ import annotations

from celery import shared_task

from staff.services import notification_mail, notification_reads, passwords


@shared_task(name="staff.mail_password_reset")
def mail_password_reset(email: str, portal: str) -> None:
    passwords.send_reset(email, portal=portal)


@shared_task(name="staff.mail_invitation")
def mail_invitation(employee_id: int, portal: str) -> None:
    passwords.send_invitation(employee_id, portal=portal)


@shared_task(name="staff.mail_notifications")
def mail_notifications() -> None:
    """Letters about news that are due. Sent after commits for speed, and every minute by beat."""
    while notification_mail.mail_due():
        pass


@shared_task(name="staff.forget_old_notifications")
def forget_old_notifications() -> None:
    notification_reads.forget_old()
