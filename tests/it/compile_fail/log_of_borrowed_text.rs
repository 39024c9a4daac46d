use turnpike::log::Line;

fn log(token: &str) {
    let _ = Line::of("request").with("token", &token);
}

fn main() {}
