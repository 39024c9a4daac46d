//! Polish, in forms that fit everybody.

use super::{Message, Words};

pub(super) const WORDS: Words = Words {
    tag: "pl",
    direction: "ltr",
    sign_in: "Zaloguj się",
    try_again: "Spróbuj ponownie",
    contact_support: "Pomoc techniczna",
    reference: "Numer referencyjny",
    code: "Kod",
    credentials_missing: Message {
        heading: "Zaloguj się, aby kontynuować",
        detail: "Ten adres jest dostępny tylko dla zalogowanych osób.",
        advice: "Zaloguj się i otwórz adres ponownie.",
    },
    credentials_malformed: Message {
        heading: "Nie udało się odczytać logowania",
        detail: "Danych logowania przesłanych z żądaniem nie można odczytać.",
        advice: "Zaloguj się ponownie. Jeśli to nie pomoże, w używanej aplikacji jest błąd.",
    },
    credentials_ambiguous: Message {
        heading: "Więcej niż jedno logowanie",
        detail: "Z żądaniem przesłano więcej niż jedno logowanie, a liczyć się może tylko jedno.",
        advice: "Wyloguj się, zamknij to okno i zaloguj się ponownie.",
    },
    token_expired: Message {
        heading: "Sesja wygasła",
        detail: "Logowanie jest ważne tylko przez ograniczony czas, a ten czas minął.",
        advice: "Zaloguj się ponownie, aby kontynuować w tym samym miejscu.",
    },
    token_not_yet_valid: Message {
        heading: "Logowanie nie jest jeszcze ważne",
        detail: "Chwila, od której logowanie jest ważne, jeszcze nie nadeszła.",
        advice: "Odczekaj chwilę i spróbuj ponownie. Jeśli to nie pomoże, sprawdź datę i godzinę na swoim urządzeniu.",
    },
    token_invalid: Message {
        heading: "Zaloguj się ponownie",
        detail: "Logowanie nie zostało przyjęte.",
        advice: "Zaloguj się jeszcze raz i otwórz adres ponownie.",
    },
    scope_insufficient: Message {
        heading: "Brak dostępu",
        detail: "Logowanie się powiodło, ale to konto nie może otworzyć tego adresu.",
        advice: "Poproś o dostęp osoby prowadzące tę witrynę lub zaloguj się na inne konto.",
    },
    authentication_insufficient: Message {
        heading: "Zaloguj się jeszcze raz",
        detail: "Ten adres wymaga nowszego lub silniejszego logowania.",
        advice: "Zaloguj się ponownie, podając wszystko, czego wymaga logowanie.",
    },
    page_foreign: Message {
        heading: "Ta strona nie może się połączyć",
        detail: "Strona innej witryny otwiera połączenie z Twoim logowaniem w tej witrynie.",
        advice: "Otwórz adres z tej witryny.",
    },
    url_ambiguous: Message {
        heading: "Nie można otworzyć tego adresu",
        detail: "Adres można odczytać na więcej niż jeden sposób.",
        advice: "Sprawdź, czy w adresie nie ma literówek, na przykład podwójnego ukośnika.",
    },
    host_unknown: Message {
        heading: "Tej witryny tu nie ma",
        detail: "Na tym serwerze nie ma witryny o takiej nazwie.",
        advice: "Sprawdź, czy w adresie nie ma literówek.",
    },
    method_not_allowed: Message {
        heading: "Tego nie można tu zrobić",
        detail: "Ten adres nie przyjmuje żądań tego rodzaju.",
        advice: "Wróć i spróbuj w inny sposób.",
    },
    keys_unavailable: Message {
        heading: "Teraz nie można sprawdzić logowania",
        detail: "Usługa potrzebna do sprawdzenia logowania nie odpowiada.",
        advice: "To nie Twoja wina. Spróbuj ponownie za chwilę.",
    },
    misconfigured: Message {
        heading: "Ta witryna nie jest jeszcze gotowa",
        detail: "Coś w konfiguracji witryny jest nie tak.",
        advice: "To nie Twoja wina. Osoby prowadzące witrynę muszą coś poprawić; spróbuj ponownie później.",
    },
    origin_unreachable: Message {
        heading: "Witryna nie odpowiada",
        detail: "Serwer pod tym adresem jest nieosiągalny.",
        advice: "To nie Twoja wina. Spróbuj ponownie za chwilę.",
    },
};
