//! What an operator says about limits, and whom it stops.

use std::fs;

use support::binary::Socklab;

#[test]
fn a_lesson_that_asks_for_more_than_the_server_allows_is_told_and_not_served() {
    let folder = tempfile::tempdir().unwrap();
    let lesson = folder.path().join("lessons/02-greedy");
    fs::create_dir_all(&lesson).unwrap();
    for name in ["en.md", "zh.md"] {
        fs::write(lesson.join(name), "---\ntitle: Greedy\nsummary: It asks for much.\n---\nText.\n").unwrap();
    }
    fs::write(lesson.join("a.py"), "print(1)\n").unwrap();
    let toml = "number = 2\n[limits]\nprocesses = 9\nwall = \"2min\"\n[[hosts]]\nname = \"a\"\naddr = \"192.168.1.4\"\n\
                program = \"a.py\"\n";
    fs::write(lesson.join("lesson.toml"), toml).unwrap();
    let config = folder.path().join("config.toml");
    let lessons = folder.path().join("lessons");
    fs::write(&config, format!("lessons = {lessons:?}\nlisten = \"127.0.0.1:0\"\n[limits]\nwall = \"90s\"\n")).unwrap();

    let mut server = Socklab::start(&["serve", "--config", config.to_str().unwrap(), "--limit", "processes=8"]);
    let told = server.until_error("wall");
    assert!(told.contains("02-greedy is not served: lesson.toml:4: wall is 2m; this server allows 1m 30s"), "{told}");
    let told = server.until_error("processes");
    assert!(told.contains("lesson.toml:3: processes is 9; this server allows 8"), "{told}");
    server.until_error("http://127.0.0.1:");
}
