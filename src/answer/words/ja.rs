//! Japanese, in the polite form.

use super::{Message, Words};

pub(super) const WORDS: Words = Words {
    tag: "ja",
    direction: "ltr",
    sign_in: "ログイン",
    try_again: "もう一度試す",
    contact_support: "サポートに問い合わせる",
    reference: "お問い合わせ番号",
    code: "コード",
    credentials_missing: Message {
        heading: "ログインしてください",
        detail: "このアドレスは、ログインしている方だけがご覧になれます。",
        advice: "ログインしてから、もう一度このアドレスを開いてください。",
    },
    credentials_malformed: Message {
        heading: "ログイン情報を読み取れません",
        detail: "リクエストとともに送られたログイン情報を読み取れません。",
        advice: "もう一度ログインしてください。それでも解決しない場合は、お使いのアプリに問題があります。",
    },
    credentials_ambiguous: Message {
        heading: "複数のログインがあります",
        detail: "リクエストに複数のログイン情報が含まれています。有効にできるのは一つだけです。",
        advice: "ログアウトしてこのウィンドウを閉じ、もう一度ログインしてください。",
    },
    token_expired: Message {
        heading: "セッションの有効期限が切れました",
        detail: "ログインの有効期間には限りがあり、その期間が終了しました。",
        advice: "続きから再開するには、もう一度ログインしてください。",
    },
    token_not_yet_valid: Message {
        heading: "ログインはまだ有効ではありません",
        detail: "ログインが有効になる時刻にまだ達していません。",
        advice: "少し待ってから、もう一度お試しください。それでも解決しない場合は、お使いの端末の日付と時刻をご確認ください。",
    },
    token_invalid: Message {
        heading: "もう一度ログインしてください",
        detail: "ログインが受け付けられませんでした。",
        advice: "ログインし直してから、もう一度このアドレスを開いてください。",
    },
    scope_insufficient: Message {
        heading: "アクセス権がありません",
        detail: "ログインしていますが、このアカウントではこのアドレスを開けません。",
        advice: "サイトの管理者にアクセス権を依頼するか、別のアカウントでログインしてください。",
    },
    authentication_insufficient: Message {
        heading: "もう一度ログインしてください",
        detail: "このアドレスには、より新しい、またはより確実なログインが必要です。",
        advice: "求められた手順をすべて行って、もう一度ログインしてください。",
    },
    page_foreign: Message {
        heading: "このページからは接続できません",
        detail: "別のサイトのページが、このサイトへのログインを使って接続しようとしています。",
        advice: "このサイトからアドレスを開いてください。",
    },
    url_ambiguous: Message {
        heading: "このアドレスは開けません",
        detail: "アドレスが複数の意味に解釈できます。",
        advice: "スラッシュの重複など、アドレスに入力の誤りがないかご確認ください。",
    },
    host_unknown: Message {
        heading: "このサイトはここにはありません",
        detail: "このサーバーには、この名前のサイトがありません。",
        advice: "アドレスに入力の誤りがないかご確認ください。",
    },
    method_not_allowed: Message {
        heading: "ここではこの操作はできません",
        detail: "このアドレスは、この種類のリクエストを受け付けていません。",
        advice: "前のページに戻り、別の方法でお試しください。",
    },
    keys_unavailable: Message {
        heading: "現在、ログインを確認できません",
        detail: "ログインの確認に必要なサービスが応答していません。",
        advice: "お客様の操作に問題はありません。しばらくしてから、もう一度お試しください。",
    },
    misconfigured: Message {
        heading: "このサイトはまだ準備ができていません",
        detail: "サイトの設定に問題があります。",
        advice: "お客様の操作に問題はありません。サイトの管理者による対応が必要です。後ほど、もう一度お試しください。",
    },
    origin_unreachable: Message {
        heading: "サイトが応答していません",
        detail: "このアドレスのサーバーに接続できません。",
        advice: "お客様の操作に問題はありません。しばらくしてから、もう一度お試しください。",
    },
};
