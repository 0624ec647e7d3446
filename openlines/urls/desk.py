"""The operators' desk."""

from django.urls import URLPattern, path

import crm_link.urls  # noqa: F401  # registers the converter of its kinds
from openlines.views import customer, desk, talk

TALK = "<int:conversation_id>"

urlpatterns: list[URLPattern] = [
    path("", desk.desk, name="chat"),
    path("list/", desk.conversation_list, name="chat_list"),
    path("count/", desk.chat_count, name="chat_count"),
    path("seen/", talk.seen, name="chat_seen"),
    path("keys/", desk.keys, name="chat_keys"),
    path(f"{TALK}/", desk.conversation, name="chat_conversation"),
    path(f"{TALK}/messages/", desk.new_messages, name="chat_messages"),
    path(f"{TALK}/say/", talk.say, name="chat_say"),
    path(f"{TALK}/read/", talk.read, name="chat_read"),
    path(f"{TALK}/typing/", talk.typing, name="chat_typing"),
    path(f"{TALK}/take/", talk.take, name="chat_take"),
    path(f"{TALK}/close/", talk.close, name="chat_close"),
    path(f"{TALK}/reopen/", talk.reopen, name="chat_reopen"),
    path(f"{TALK}/leave/", talk.leave, name="chat_leave"),
    path(f"{TALK}/transfer/", talk.transfer, name="chat_transfer"),
    path(f"{TALK}/invite/", talk.invite, name="chat_invite"),
    path(f"{TALK}/customer/", customer.customer, name="chat_customer"),
    path(f"{TALK}/customer/edit/", customer.edit, name="chat_customer_edit"),
    path(f"{TALK}/customer/link/", customer.link, name="chat_customer_link"),
    path(f"{TALK}/customer/make/<crm_kind:kind>/", customer.make, name="chat_customer_make"),
    path(f"{TALK}/customer/unlink/<crm_kind:kind>/", customer.unlink, name="chat_customer_unlink"),
    path(f"{TALK}/transcript/", customer.transcript_page, name="chat_transcript"),
]
