"""What a person wrote is told apart from what their program quotes."""

from __future__ import annotations

import time

import pytest

from openlines.mail.quoting import text_of_html, without_quotes

CASES = {
    "gmail": ("Спасибо!\n\nпт, 20 нояб. 2026 г. в 10:00, Анна <a@firm.example> пишет:\n> Есть\n>\n",
              "Спасибо!"),
    "gmail in two lines": (
        "Thanks\n\nOn Fri, Nov 20, 2026 at 10:00 AM Anna Smirnova\n<a@firm.example> wrote:\n> Yes",
        "Thanks",
    ),
    "outlook": ("Да\n\nFrom: Anna <a@firm.example>\nSent: Friday\nTo: Irina\n\nБыло",
                "Да"),
    "outlook in Russian": (
        "Да\n\nОт: Анна <a@firm.example>\nОтправлено: 20 ноября\nКому: Ирина\n\nБыло", "Да",
    ),
    "a line of dashes": ("Да\n-----Original Message-----\nБыло", "Да"),
    "a signature": ("Да\n-- \nИрина\nООО Ель", "Да"),
    "quote first": ("20.11.2026, Анна <a@firm.example> пишет:\n> Было\n\nДа", "Да"),
    "between the lines": ("> Когда?\nЗавтра\n> Где?\nТут", "> Когда?\nЗавтра\n> Где?\nТут"),
    "nothing but a quote": ("> Было", "> Было"),
    "a person's own words": ("Он пишет: приду.\nЖду ответа", "Он пишет: приду.\nЖду ответа"),
    "an order with a sender": ("From: Moscow\nPlease deliver", "From: Moscow\nPlease deliver"),
    "empty": ("", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_quotes_are_cut(name):
    given, wanted = CASES[name]
    assert without_quotes(given) == wanted


HTML = {
    "paragraphs": ("<p>Раз</p><p>Два<br>Три</p>", "Раз\n\nДва\nТри"),
    "outlook": ("<div>Да</div><div><b>От:</b> Анна<br><b>Отправлено:</b> 20<br><b>Кому:</b> И<br>"
                "<b>Тема:</b> x</div><p>Было</p>", "Да"),
    "yandex": ("<div>Да</div><div>20.11.2026, 10:00, \"Анна\" &lt;a@b&gt;:</div><blockquote>Было"
               "</blockquote>", "Да"),
    "gmail": ("<div>Да</div><div class='gmail_quote'><div>пт, 20 нояб., Анна пишет:</div>"
              "<blockquote>Было</blockquote></div>", "Да"),
    "what runs or loads": ("<style>p{}</style><script>alert(1)</script>Да<img src=https://e/1>"
                           "<iframe src=//e></iframe><form action=//e><input></form>", "Да"),
    "links": ("<a href='https://a.example/x'>здесь</a> <a href='javascript:alert(1)'>там</a> "
              "<a href='mailto:a@b.example'>a@b.example</a>",
              "здесь (https://a.example/x) там a@b.example"),
    "broken": ("<p>Да<b><i></p></div></b><table><td>1", "Да\n\n1"),
}  # fmt: skip


@pytest.mark.parametrize("name", HTML)
def test_html_becomes_the_words_of_its_writer(name):
    given, wanted = HTML[name]
    assert without_quotes(text_of_html(given)) == wanted


@pytest.mark.parametrize(
    "given",
    ["<div>" * 10_000, "<" * 200_000, "<!--" * 50_000, "&" * 200_000, "<a href=" * 30_000,
     "> " * 100_000, "On 1 " * 50_000, "re: " * 50_000, ">\n" * 100_000, "От: x\n" * 30_000,
     ("а" * 299 + "1\n") * 600],
)  # fmt: skip
def test_hostile_letters_take_no_time(given):
    began = time.process_time()
    without_quotes(text_of_html(given))
    without_quotes(given)
    assert time.process_time() - began < 2
