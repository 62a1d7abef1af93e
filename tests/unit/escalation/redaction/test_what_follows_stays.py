"""What a sentence says behind a password, or behind "password reset", stays: it is the result of a step. In the languages that are read.

The clauses were written without a look at the words that the rules know.
"""

# ruff: noqa: E501 - a table of texts is easier to read in long rows

from __future__ import annotations

import pytest

from escalation.redaction.redact import redact

SECRET = "Vessel#Oak41"
CLAUSES = {
    "password {}": "afterwards the printer mapped again|unfortunately the tunnel stayed down|mailbox reconnected successfully|authentication loops endlessly|no improvement whatsoever",
    "Passwort {}": "Anmeldung weiterhin unmöglich|funktioniert leider nicht|trotzdem abgelehnt|Verbindung bricht weiterhin ab|hat funktioniert|keinerlei Verbesserung",
    "mot de passe {}": "ça fonctionne maintenant|aucune amélioration|utilisateur peut travailler|malheureusement sans effet",
    "wachtwoord {}": "aanmelden nog steeds onmogelijk|werkt helaas niet|foutmelding blijft|verbinding verbroken",
    "contraseña {}": "sigue sin conectar|funcionó correctamente|ninguna mejora|todavía desconectado",
    "la password {}": "stampante nuovamente disponibile|nessun miglioramento|purtroppo senza effetto",
    "senha {}": "funcionou corretamente|nenhuma melhoria|ainda desconectado",
    "adgangskode {}": "virker desværre ikke|derefter tilgængelig igen|fejlen fortsætter",
    "lösenord {}": "fungerar fortfarande inte|skrivaren skriver ut|ingen förbättring",
    "passord {}": "fungerer fortsatt ikke|feilen vedvarer|ingen forbedring",
    "hasło {}": "niestety nie działa|drukarka drukuje ponownie|żadnej poprawy",
}  # fmt: skip
DONE = {
    "password {}": ("Reset the password", "New WiFi key entered", "MFA code accepted"),
    "Passwort {}": ("Passwort zurückgesetzt", "WLAN-Schlüssel neu eingegeben", "API-Token erneuert"),
    "mot de passe {}": ("Mot de passe réinitialisé", "Clé wifi saisie"),
    "wachtwoord {}": ("Wachtwoord gereset", "MFA-code geaccepteerd"),
    "contraseña {}": ("Contraseña restablecida", "Clave wifi introducida"),
    "la password {}": ("Password reimpostata", "Chiave wifi inserita"),
    "senha {}": ("Senha redefinida", "Chave wifi inserida"),
    "adgangskode {}": ("Adgangskode nulstillet", "Wifi-nøgle indtastet"),
    "lösenord {}": ("Lösenord återställt", "Wifi-nyckel inmatad"),
    "passord {}": ("Passord nullstilt", "MFA-kode akseptert"),
    "hasło {}": ("Hasło zresetowane", "Klucz wifi wpisany"),
}  # fmt: skip


@pytest.mark.parametrize("label", CLAUSES)
def test_a_result_behind_a_secret_stays_and_the_secret_goes(label: str) -> None:
    for clause in CLAUSES[label].split("|"):
        for between in (", ", ". ", " - ", " ", ": ", "\n"):
            told = redact(label.format(SECRET) + between + clause)
            assert clause in told, told
            assert SECRET not in told, told


@pytest.mark.parametrize("label", DONE)
def test_a_result_behind_what_was_done_with_a_password_stays(label: str) -> None:
    for done in DONE[label]:
        for clause in CLAUSES[label].split("|"):
            for between in (", ", "; ", " - "):
                text = done + between + clause
                assert redact(text) == text


@pytest.mark.parametrize("leads", [" now ", " or ", ", new password ", ", "])
def test_another_secret_behind_the_first_goes_too(leads: str) -> None:
    told = redact(f"password {SECRET}{leads}mapleriver")
    assert SECRET not in told
    assert "mapleriver" not in told


def test_a_phrase_that_is_told_behind_its_label_goes() -> None:
    assert "velvet" not in redact("Passphrase you supplied, velvet maple meadow juniper, was correct.")


@pytest.mark.parametrize(
    "text",
    [
        f"{done} {what} {number}"
        for done in ("changed password for svc_backup, job", "reset the admin password, installer", "after the new pw the service")
        for what in ("failed with", "exited with", "stopped with error", "returned", "crashed with code")
        for number in ("1326", "1069", "0x80070005", "80070005", "c000006a")
    ]
    + [
        "spf=pass dkim=pass smtp.mailfrom=harbor.example",
        "SPF pass, DKIM pass d=harbor.example s=selector1",
        "second pass stage3 clean",
        "bypass mode relay1 on",
        "MFA-code geaccepteerd",
    ],
)  # fmt: skip
def test_numbers_of_failures_and_other_passes_stay(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("Alarm PIN failed with 4821", "4821"),
        ("the password fails with 48213377", "48213377"),
        ("pin has failed 4821", "4821"),
        ("Code returned 559102", "559102"),
        ("password: 80124477", "80124477"),
        ("passcode c0014711", "c0014711"),
        ("reset the admin password, login failed with Sommer#26", "Sommer#26"),
        ("First pass: Oak#4411x second pass: Elm#9920y", "Oak#4411x"),
        ("First pass: Oak#4411x second pass: Elm#9920y", "Elm#9920y"),
        ("Password reset, blue-tiger-maple", "tiger"),
        ("Passwort zurückgesetzt, blauer-tiger-ahorn", "tiger"),
    ],
)
def test_what_excuses_a_number_or_a_sentence_excuses_no_secret(text: str, secret: str) -> None:
    assert secret not in redact(text)
