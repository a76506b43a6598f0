//! Looking around in a run: back and forth in time, at single things, at the wire's desk, step by step, and later on as
//! a recording.

use std::time::Duration;

use anyhow::{bail, ensure};
use thirtyfour::components::SelectElement;
use thirtyfour::prelude::*;

use crate::page::{Page, SIZES, with_page};

async fn moment(page: &Page) -> anyhow::Result<String> {
    Ok(page.part("scrubber").await?.attr("aria-valuetext").await?.unwrap_or_default())
}

#[tokio::test]
async fn one_goes_back_in_time_by_keyboard_and_everything_follows() -> anyhow::Result<()> {
    with_page("time", async |page| {
        page.until_asked("en").await?;
        let main = page.main().await?;
        main.send_keys(Key::Home).await?;
        let client = page.of_host("client", "terminal").await?;
        page.until_no_text(&client, "say>").await?;
        ensure!(moment(page).await?.contains("event 1 of"), "{}", moment(page).await?);
        main.send_keys(Key::Right).await?;
        ensure!(!moment(page).await?.contains("event 1 of"), "{}", moment(page).await?);
        // Each frame is a step when it is sent and when it arrives. A SYN can only follow the answer to who has the
        // server's address.
        let (asked, answered) = ("asks everybody who has 192.168.1.4", "answers: 192.168.1.4 is here");
        for frame in [asked, "ARP arrives at server", answered, "ARP arrives at client", "SYN"] {
            main.send_keys("p").await?;
            main.send_keys(Key::Enter).await?;
            page.until_text(&page.part("panel-inspector").await?, frame).await?;
        }
        page.screenshot("time-first-packet").await?;

        main.send_keys("?").await?;
        let keys = page.part("keys-dialog").await?;
        page.until_text(&keys, "to the next packet").await?;
        page.screenshot("keys").await?;
        page.press_key(Key::Escape + "").await?;
        page.until_gone("keys-dialog").await?;
        main.send_keys("l").await?;
        page.until_text(&client, "say>").await?;
        page.press("stop").await
    })
    .await
}

/// How many pixels of the ladder are below what is in sight.
async fn below(page: &Page) -> anyhow::Result<f64> {
    let script = "const ladder = document.querySelector('.ladder-scroll');
        arguments[0]([String(ladder.scrollHeight - ladder.scrollTop - ladder.clientHeight)]);";
    Ok(page.asked(script).await?.concat().parse()?)
}

/// Waits until the ladder's end is in sight, or is not.
async fn until_end_in_sight(page: &Page, wanted: bool) -> anyhow::Result<()> {
    for _ in 0..500 {
        if (below(page).await? <= 40.0) == wanted {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    bail!("{} pixels are below what is in sight", below(page).await?)
}

#[tokio::test]
async fn the_ladders_end_stays_in_sight_until_a_person_scrolls_up() -> anyhow::Result<()> {
    with_page("follow", async |page| {
        page.resize((1440, 700)).await?;
        page.until_asked("en").await?;
        until_end_in_sight(page, true).await?;
        // What is beyond their own largest length is 0 to Firefox and WebKit, so nobody may count on it.
        page.run(
            "const { get, set } = Object.getOwnPropertyDescriptor(Element.prototype, 'scrollTop');
            Object.defineProperty(Element.prototype, 'scrollTop', {
                get, set(top) { set.call(this, top > 2 ** 30 ? 0 : top); },
            });",
        )
        .await?;
        // A smaller window is no wish to stay behind.
        page.resize((1440, 560)).await?;
        until_end_in_sight(page, true).await?;
        // Neither is that an earlier scrolling is told when the picture has grown already and was not scrolled yet.
        page.run(
            "const body = document.querySelector('.ladder-body');
            body.style.paddingBottom = '400px';
            document.querySelector('.ladder-scroll').dispatchEvent(new Event('scroll'));
            body.style.paddingBottom = '';",
        )
        .await?;
        page.type_into("client", "hello\n").await?;
        page.until_text(&page.of_host("server", "terminal").await?, "reply>").await?;
        page.until_text(&page.part("ladder").await?, "hello").await?;
        until_end_in_sight(page, true).await?;

        page.run("document.querySelector('.ladder-scroll').scrollTop = 0").await?;
        until_end_in_sight(page, false).await?;
        page.main().await?.send_keys(Key::Home).await?;
        page.main().await?.send_keys("l").await?;
        until_end_in_sight(page, true).await?;
        page.press("stop").await
    })
    .await
}

#[tokio::test]
async fn where_one_went_there_is_more_than_what_is_in_sight() -> anyhow::Result<()> {
    with_page("rest", async |page| {
        page.resize((1440, 560)).await?;
        page.until_asked("en").await?;
        page.press("stop").await?;
        until_end_in_sight(page, true).await?;
        page.main().await?.send_keys(Key::Home).await?;
        // Half a dozen rows below what is in sight, for whoever scrolls on.
        page.ask(
            "const look = () => {
                const bottom = document.querySelector('.ladder-scroll').getBoundingClientRect().bottom;
                const things = [...document.querySelectorAll('.ladder-picture [data-pick]')];
                const beyond = things.some((thing) => thing.getBoundingClientRect().top > bottom + 84);
                beyond ? done(true) : requestAnimationFrame(look);
            };
            look();",
        )
        .await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn where_a_scrub_ends_the_panel_is_right() -> anyhow::Result<()> {
    with_page("scrub", async |page| {
        page.until_asked("en").await?;
        page.press("stop").await?;
        // Another moment with every frame, and the first one at last.
        page.ask(
            "const bar = document.querySelector('[data-testid=scrubber]');
            let count = Math.min(40, Number(bar.max) - 1);
            const next = () => {
                bar.value = String(count);
                bar.dispatchEvent(new InputEvent('input', { bubbles: true }));
                count -= 1;
                count > 0 ? requestAnimationFrame(next) : done();
            };
            next();",
        )
        .await?;
        page.until_text(&page.part("panel-inspector").await?, "The run begins").await?;
        ensure!(moment(page).await?.contains("event 1 of"), "{}", moment(page).await?);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn frames_are_held_at_the_desk_and_released() -> anyhow::Result<()> {
    with_page("desk", async |page| {
        page.until_asked("en").await?;
        page.press("tab-wire").await?;
        page.press("hold-all").await?;
        page.type_into("client", "hello world\n").await?;
        let held = page.part("held-box").await?;
        page.until_text(&held, "hello world").await?;
        for (name, size) in SIZES {
            page.resize(size).await?;
            page.screenshot(&format!("desk-{name}")).await?;
        }
        page.resize(SIZES[0].1).await?;
        page.press("hold-all").await?;
        page.press("release-all").await?;
        page.until_text(&page.of_host("server", "terminal").await?, "hello").await?;
        page.until_text(&held, "holds no frames").await?;
        page.press("stop").await
    })
    .await
}

/// Sends three datagrams at once, and waits. The refused connection has the kernel ask for the server's hardware address
/// before: a datagram that waits for that answer can be overtaken by the next one.
const THREE: &str = "\
from socket import socket, AF_INET, SOCK_DGRAM
socket().connect_ex(('192.168.1.4', 9))
sock = socket(AF_INET, SOCK_DGRAM)
for word in [b'one', b'two', b'three']:
    sock.sendto(word, ('192.168.1.4', 18888))
input()
";

/// Lesson 6 with three datagrams in the box.
async fn three_held(page: &Page) -> anyhow::Result<WebElement> {
    page.go("/lesson/06-udp").await?;
    page.speak("en").await?;
    page.paste_program("client", THREE).await?;
    page.press("tab-wire").await?;
    page.part("hold-matching").await?.send_keys("udp and to server" + Key::Enter).await?;
    page.press("run").await?;
    let held = page.part("held-box").await?;
    page.until_text(&held, "three").await?;
    Ok(held)
}

/// The datagrams in the box, by what they carry.
async fn order(page: &Page, held: &WebElement) -> anyhow::Result<Vec<&'static str>> {
    let text = page.text(held).await?;
    let mut words: Vec<_> =
        ["one", "two", "three"].into_iter().filter_map(|word| Some((text.find(word)?, word))).collect();
    words.sort_unstable();
    Ok(words.into_iter().map(|(_, word)| word).collect())
}

#[tokio::test]
async fn held_frames_are_put_in_another_order_by_mouse_and_by_keyboard() -> anyhow::Result<()> {
    with_page("held-order", async |page| {
        let held = three_held(page).await?;
        ensure!(order(page, &held).await? == ["one", "two", "three"]);
        let grips = held.find_all(By::Css("[data-testid=grip]")).await?;
        page.drag(&grips[2], &grips[0], "held-dragged").await?;
        ensure!(order(page, &held).await? == ["three", "one", "two"], "{:?}", order(page, &held).await?);
        let last = held.find(By::Css("li:last-child .held-what")).await?;
        last.send_keys(Key::Up + "").await?;
        ensure!(order(page, &held).await? == ["three", "two", "one"], "{:?}", order(page, &held).await?);
        page.press("release-all").await?;
        let server = page.of_host("server", "terminal").await?;
        let printed = page.until_text(&server, "one").await?;
        let places: Vec<_> = ["three", "two", "one"].iter().map(|word| printed.find(word)).collect();
        ensure!(places.is_sorted() && places[0].is_some(), "they arrive in the box's order: {printed}");
        page.press("stop").await
    })
    .await
}

#[tokio::test]
async fn a_frame_on_its_way_is_clicked_and_held_doubled_and_dropped() -> anyhow::Result<()> {
    with_page("in-flight", async |page| {
        page.go("/lesson/06-udp").await?;
        page.speak("en").await?;
        page.press("run").await?;
        let client = page.of_host("client", "terminal").await?;
        page.until_text(&client, "send>").await?;
        // Then each knows where the other is, and the next datagram need not wait for an answer to that.
        page.type_into("client", "first\n").await?;
        page.until_text(&client, "5 bytes at").await?;
        // Long enough for a person to click.
        page.press("tab-wire").await?;
        page.set("delay", "50000").await?;
        page.until_text(&page.part("wire").await?, "50 s").await?;
        page.type_into("client", "hello\n").await?;
        page.run("for (const ladder of document.querySelectorAll('.ladder-scroll')) ladder.scrollTop = 1e9").await?;
        page.in_ladder('f', "hello").await?.click().await?;
        let strip = page.part("in-flight").await?;
        page.until_text(&strip, "on its way").await?;
        page.press("flight-duplicate").await?;
        page.press("flight-hold").await?;
        page.until_text(&strip, "held on the wire").await?;
        for (name, size) in SIZES {
            page.resize(size).await?;
            page.screenshot(&format!("in-flight-{name}")).await?;
        }
        page.resize(SIZES[0].1).await?;
        page.until_text(&page.part("held-box").await?, "hello").await?;
        page.press("flight-drop").await?;
        page.until_gone("in-flight").await?;
        page.until_text(&page.part("held-box").await?, "holds no frame").await?;
        page.press("stop").await
    })
    .await
}

#[tokio::test]
async fn the_wire_is_set_before_the_start_and_counts_from_it_on() -> anyhow::Result<()> {
    with_page("wire-before", async |page| {
        page.go("/lesson/02-tcp").await?;
        page.speak("en").await?;
        page.press("tab-wire").await?;
        let direction = SelectElement::new(&page.part("direction").await?).await?;
        direction.select_by_exact_text("client → server").await?;
        page.set("delay", "25").await?;
        page.set("mtu", "576").await?;
        page.until_text(&page.part("direction").await?, "client → server (its own)").await?;
        page.screenshot("wire-before").await?;
        page.press("run").await?;
        page.until_text(&page.of_host("client", "terminal").await?, "say>").await?;
        page.press("stop").await?;

        // Of the very first moment the recording tells the wire that was chosen.
        page.go(&format!("/run/{}#t=0", page.link().await?)).await?;
        ensure!(moment(page).await?.contains("event 1 of"), "{}", moment(page).await?);
        page.press("tab-wire").await?;
        let wire = page.part("panel-wire").await?;
        for wanted in ["576 B", "client → server", "25 ms"] {
            page.until_text(&wire, wanted).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_program_is_stepped_through() -> anyhow::Result<()> {
    with_page("step", async |page| {
        page.go("/lesson/02-tcp").await?;
        page.speak("en").await?;
        page.choose("client", "break", "connect()").await?;
        page.press("run").await?;
        let held = page.of_host("client", "held").await?;
        page.until_text(&held, "connect() has not reached the kernel").await?;
        page.until_text(&held, "sock").await?;
        // On the ladder, too, it is told from one that waits in the kernel.
        let ladder = page.part("ladder").await?;
        page.until_text(&ladder, "program stopped, not in the kernel yet").await?;
        page.screenshot("step-held").await?;
        page.press("run-on").await?;
        page.until_no_text(&ladder, "program stopped, not in the kernel yet").await?;
        page.until_text(&page.of_host("client", "terminal").await?, "say>").await?;
        page.press("stop").await
    })
    .await
}

#[tokio::test]
async fn two_programs_are_stepped_through_each_by_itself() -> anyhow::Result<()> {
    with_page("step-two", async |page| {
        page.go("/lesson/02-tcp").await?;
        page.speak("en").await?;
        page.choose("server", "break", "accept()").await?;
        page.choose("client", "break", "connect()").await?;
        page.press("run").await?;
        for (host, call, variable) in [("server", "accept()", "listener"), ("client", "connect()", "sock")] {
            let held = page.of_host(host, "held").await?;
            page.until_text(&held, &format!("{call} has not reached the kernel")).await?;
            page.until_text(&held, variable).await?;
        }
        page.looked_at("step-two", "run").await?;
        page.of_host("server", "next-call").await?.click().await?;
        page.until_text(&page.of_host("server", "host-state").await?, "blocked in accept()").await?;
        page.until_text(&page.of_host("client", "host-state").await?, "held at connect()").await?;
        page.of_host("client", "next-call").await?.click().await?;
        page.until_text(&page.of_host("client", "terminal").await?, "say>").await?;
        page.until_text(&page.of_host("server", "terminal").await?, "connected:").await?;
        page.press("stop").await
    })
    .await
}

#[tokio::test]
async fn where_there_is_no_clipboard_the_link_is_shown() -> anyhow::Result<()> {
    with_page("no-clipboard", async |page| {
        page.until_asked("en").await?;
        page.press("stop").await?;
        page.main().await?.send_keys(Key::Home).await?;
        // As on a page that came over plain HTTP from another machine.
        page.run(
            "Object.defineProperty(navigator, 'clipboard', { value: undefined });
            window.prompt = (what, text) => { document.title = `${what}: ${text}`; return null; };",
        )
        .await?;
        page.press("copy-moment").await?;
        let script = "const look = () => document.title.startsWith('Copy a link')
            ? done(document.title) : requestAnimationFrame(look);
            look();";
        let shown = page.ask(script).await?;
        ensure!(shown.as_str().is_some_and(|shown| shown.ends_with("#t=0")), "{shown}");
        let label = page.part("copy-moment").await?.attr("aria-label").await?.unwrap_or_default();
        ensure!(label != "Link copied", "nothing was copied");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_run_is_looked_at_later_from_a_moment() -> anyhow::Result<()> {
    with_page("recording", async |page| {
        page.until_asked("en").await?;
        page.press("stop").await?;
        page.allow_clipboard().await?;
        page.main().await?.send_keys(Key::Home).await?;
        page.main().await?.send_keys("p").await?;
        let there = moment(page).await?;
        page.press("copy-moment").await?;
        page.until_attribute("copy-moment", "aria-label", "Link copied").await?;
        let link = page.clipboard().await?;
        page.go_to(&link).await?;
        page.until_text(&page.part("phase").await?, "Recording").await?;
        ensure!(moment(page).await? == there, "{link} is of {there}, not of {}", moment(page).await?);

        page.go_to("about:blank").await?;
        page.resize((1440, 560)).await?;
        page.go_to(&format!("{}#t=20", link.split('#').next().unwrap_or_default())).await?;
        page.until_text(&page.part("phase").await?, "Recording").await?;
        ensure!(moment(page).await?.contains("event 21 of"), "{}", moment(page).await?);
        page.ask(
            "const look = () => {
                const [ladder, cursor] = ['.ladder-scroll', '.ladder-cursor'].map((name) =>
                    document.querySelector(name)?.getBoundingClientRect());
                const seen = cursor && cursor.top > ladder.top && cursor.bottom < ladder.bottom;
                seen ? done(true) : requestAnimationFrame(look);
            };
            look();",
        )
        .await?;
        page.resize(SIZES[0].1).await?;
        page.press("live").await?;
        page.until_text(&page.of_host("client", "terminal").await?, "say>").await?;
        page.until_text(&page.part("ladder").await?, "SYN ACK").await?;
        // The program as it ran is there to be read, with what its lines did.
        let listens = "listener.listen(10)";
        ensure!(page.program("server").await?.contains(listens), "{}", page.program("server").await?);
        page.until_program("client", "connected").await?;
        page.add_to_program("server", "# mine").await?;
        ensure!(!page.program("server").await?.contains("# mine"), "a recording is as it was");
        page.screenshot("recording").await?;
        let wire = page.open_panel("wire").await?;
        page.until_text(&wire, "very direction").await?;
        page.until_text(&wire, "20 ms").await?;
        page.speak("zh-CN").await?;
        page.until_text(&wire, "所有方向").await?;
        page.speak("en").await?;
        // Read at once, when the page's memory grows while the terminals load.
        page.go_to("about:blank").await?;
        page.go_to(link.split('#').next().unwrap_or_default()).await?;
        page.until_text(&page.of_host("server", "terminal").await?, "connected").await?;
        page.until_text(&page.of_host("client", "terminal").await?, "say>").await?;
        page.go("/recording").await?;
        page.until_text(&page.main().await?, "Open a recording").await?;
        page.screenshot("recording-choose").await
    })
    .await
}
