//! Chinese, in simplified characters.

use super::{Message, Words};

pub(super) const WORDS: Words = Words {
    tag: "zh-Hans",
    direction: "ltr",
    sign_in: "登录",
    try_again: "重试",
    contact_support: "联系支持人员",
    reference: "参考编号",
    code: "代码",
    credentials_missing: Message {
        heading: "请登录",
        detail: "此地址仅供已登录的用户访问。",
        advice: "请登录，然后重新打开此地址。",
    },
    credentials_malformed: Message {
        heading: "无法读取您的登录信息",
        detail: "随请求发送的登录信息无法读取。",
        advice: "请重新登录。如果仍未解决，说明您使用的应用有问题。",
    },
    credentials_ambiguous: Message {
        heading: "检测到多个登录",
        detail: "请求中包含多个登录信息，但只能使用其中一个。",
        advice: "请退出登录，关闭此窗口，然后重新登录。",
    },
    token_expired: Message {
        heading: "您的会话已过期",
        detail: "登录只在有限的时间内有效，而这段时间已过。",
        advice: "请重新登录，从中断处继续。",
    },
    token_not_yet_valid: Message {
        heading: "您的登录尚未生效",
        detail: "您的登录还没有到生效的时间。",
        advice: "请稍后再试。如果仍未解决，请检查您设备上的日期和时间。",
    },
    token_invalid: Message {
        heading: "请重新登录",
        detail: "您的登录未被接受。",
        advice: "请再次登录，然后重新打开此地址。",
    },
    scope_insufficient: Message {
        heading: "您没有访问权限",
        detail: "您已登录，但您的账号无权打开此地址。",
        advice: "请向网站管理者申请访问权限，或使用其他账号登录。",
    },
    authentication_insufficient: Message {
        heading: "请再登录一次",
        detail: "此地址要求更新近或更安全的登录。",
        advice: "请重新登录，并完成所要求的全部验证。",
    },
    page_foreign: Message {
        heading: "此页面不能建立连接",
        detail: "另一个网站的页面正在用您在本网站的登录建立连接。",
        advice: "请从本网站打开此地址。",
    },
    url_ambiguous: Message {
        heading: "无法打开此地址",
        detail: "此地址可以有多种解读方式。",
        advice: "请检查地址是否有输入错误，例如重复的斜杠。",
    },
    host_unknown: Message {
        heading: "此处没有该网站",
        detail: "此服务器上没有这个名称的网站。",
        advice: "请检查地址是否有输入错误。",
    },
    method_not_allowed: Message {
        heading: "此处无法执行此操作",
        detail: "此地址不接受这类请求。",
        advice: "请返回上一页，换一种方式再试。",
    },
    keys_unavailable: Message {
        heading: "目前无法验证登录",
        detail: "验证您的登录所需的服务没有响应。",
        advice: "这不是您的问题。请稍后再试。",
    },
    misconfigured: Message {
        heading: "此网站尚未就绪",
        detail: "网站的配置有问题。",
        advice: "这不是您的问题。网站管理者需要进行处理，请稍后再试。",
    },
    origin_unreachable: Message {
        heading: "网站没有响应",
        detail: "无法连接到此地址背后的服务器。",
        advice: "这不是您的问题。请稍后再试。",
    },
};
