use turnpike::log::Line;

fn log(cookie: String) {
    let _ = Line::of("request").with("cookie", &cookie);
}

fn main() {}
