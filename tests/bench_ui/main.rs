//! How fast the page is, in a real Chromium: `make bench-ui` runs it; no test depends on it.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, reason = "a bench prints")]

mod chatter;
#[path = "../browser/line.rs"]
#[allow(dead_code, reason = "a bench breaks no line")]
mod line;
#[path = "../browser/page.rs"]
#[allow(dead_code, reason = "the tests' hands; a bench needs few of them")]
mod page;

use anyhow::Context;
use chatter::Chatter;
use page::Page;
use serde_json::{Value, json};
use thirtyfour::By;

/// Events of the recording that is opened.
const EVENTS: usize = 100_000;

/// Events a second of the run that is watched, about.
const RATE: usize = 2_000;

/// Seconds for which it is watched.
const WATCHED: usize = 10;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    println!("{:<46} {:>12} {:>12}", "in Chromium, 1440×900", "seen", "target");
    floor().await.context("an empty page")?;
    first_load().await.context("the first load")?;
    recording().await.context("a long recording")?;
    live().await.context("a live run")
}

fn row(what: &str, seen: &str, target: &str) {
    println!("{what:<46} {seen:>12} {target:>12}");
}

/// What frames this machine makes at all: those of a page with nothing on it, and how busy the machine is otherwise.
async fn floor() -> anyhow::Result<()> {
    let page = Page::open_with(&["serve"]).await?;
    page.go_to("about:blank").await?;
    let frames = page.ask(&WATCH_FRAMES.replace("SECONDS", "4")).await?;
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    row("an empty page, longest frame of 4 s", &millis(&frames["longest"]), "");
    row("  load of the machine", load.split(' ').next().unwrap_or("?"), "");
    page.close().await
}

/// How long the page's main thread has worked, in seconds of processor time: all of it, and of that our code, the
/// browser's styles, and its layout. What is left is painting, and whatever else the browser does.
#[derive(Clone, Copy, Debug)]
struct Work([f64; 4]);

impl Work {
    const NAMES: [&str; 4] = ["TaskDuration", "ScriptDuration", "RecalcStyleDuration", "LayoutDuration"];

    async fn of(page: &Page) -> anyhow::Result<Self> {
        page.cdp("Performance.enable", json!({ "timeDomain": "threadTicks" })).await?;
        let answer = page.cdp("Performance.getMetrics", json!({})).await?;
        let metrics = answer["metrics"].as_array().context("metrics")?;
        let value = |name| metrics.iter().find(|metric| metric["name"] == name)?["value"].as_f64();
        Ok(Self(Self::NAMES.map(|name| value(name).unwrap_or_default())))
    }

    fn since(self, before: &Self) -> Self {
        Self(std::array::from_fn(|index| self.0[index] - before.0[index]))
    }

    /// Prints it by the frame.
    fn print(self, frames: &Value) {
        let each = self.0.map(|seconds| seconds * 1000.0 / frames.as_f64().unwrap_or(1.0).max(1.0));
        let [all, ours, style, layout] = each;
        row("  processor time of a frame", &format!("{all:.1} ms"), "");
        let parts = [("our code", ours), ("styles", style), ("layout", layout)];
        for (name, part) in parts.into_iter().chain([("painting and the rest", all - ours - style - layout)]) {
            row(&format!("    {name}"), &format!("{part:.1} ms"), "");
        }
    }
}

/// Nothing in the cache, up to the moment in which Run can be pressed.
async fn first_load() -> anyhow::Result<()> {
    let page = Page::open_with(&["serve"]).await?;
    page.cdp("Page.enable", json!({})).await?;
    page.cdp("Page.addScriptToEvaluateOnNewDocument", json!({ "source": WATCH_RUN })).await?;
    page.go("/lesson/02-tcp").await?;
    page.part("run").await?;
    let seen = page.ask("done([window.interactive, window.scope])").await?;
    row("first load → Run can be pressed", &millis(&seen[0]), "≤ 1000 ms");
    let seen = page.ask(UNTIL_SCOPE).await?;
    row("  → the scope's code is there", &millis(&seen), "");
    page.close().await
}

const WATCH_RUN: &str = "new MutationObserver((_, observer) => {
    const run = document.querySelector('[data-testid=run]');
    if (run && !run.disabled) { window.interactive = performance.now(); observer.disconnect(); }
}).observe(document, { subtree: true, childList: true, attributes: true });
new MutationObserver((_, observer) => {
    if (document.querySelector('[data-testid=ladder]')) { window.scope = performance.now(); observer.disconnect(); }
}).observe(document, { subtree: true, childList: true });";

const UNTIL_SCOPE: &str = "const look = () => window.scope ? done(window.scope) : requestAnimationFrame(look); look();";

/// A recording of many events: opened, and gone through by the bar of time.
async fn recording() -> anyhow::Result<()> {
    let chatter = Chatter::of_events(EVENTS)?;
    let file = chatter.record()?;
    let page = Page::open_with(&["serve"]).await?;
    page.go("/recording").await?;
    let input = page.part("recording-file").await?;
    page.ask(WATCH_OPENING).await?;
    input.send_keys(file.display().to_string()).await?;
    page.main().await?.find(By::Css("h1")).await.ok();
    let opened = page.ask(UNTIL_OPENED).await?;
    let events = page.ask("done(document.querySelector('[data-testid=scrubber]').max)").await?;
    row(&format!("{} events open in", events.as_str().unwrap_or("?")), &millis(&opened), "≤ 1000 ms");
    let before = Work::of(&page).await?;
    let frames = page.ask(SCRUB).await?;
    let work = Work::of(&page).await?.since(&before);
    row("  scrubbing, frame p95", &millis(&frames["p95"]), "≤ 16.7 ms");
    // The clock of a page has tenths of a millisecond, and a frame of 60 Hz is 16.6, 16.7 or 16.8 by it.
    row("  scrubbing, frames that came late", &format!("{} of {}", frames["late"], frames["count"]), "≤ 5 %");
    row("  scrubbing, frame p50", &millis(&frames["p50"]), "");
    row("  scrubbing, longest frame", &millis(&frames["longest"]), "");
    work.print(&frames["count"]);
    memory(&page).await?;
    page.close().await
}

const WATCH_OPENING: &str = "document.querySelector('[data-testid=recording-file]')
    .addEventListener('change', () => { window.chosen = performance.now(); }, { capture: true });
new MutationObserver((_, observer) => {
    if (!document.querySelector('.ladder-body svg')) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => { window.opened = performance.now() - window.chosen; }));
}).observe(document, { subtree: true, childList: true });
done();";

const UNTIL_OPENED: &str =
    "const look = () => window.opened ? done(window.opened) : requestAnimationFrame(look); look();";

/// The handle goes back and forth over all of the run, one place a frame. A frame is the time from one callback of
/// requestAnimationFrame to the next.
const SCRUB: &str = "const bar = document.querySelector('[data-testid=scrubber]');
const all = Number(bar.max), steps = 240, frames = [];
let last, step = 0;
const next = (now) => {
    if (last !== undefined) frames.push(now - last);
    last = now;
    if (step === steps) {
        frames.sort((a, b) => a - b);
        const part = (share) => frames[Math.floor(frames.length * share)];
        const late = frames.filter((frame) => frame > 1.5 * 1000 / 60).length;
        return done({ p50: part(0.5), p95: part(0.95), longest: frames.at(-1), late, count: frames.length });
    }
    const phase = (step++ / steps) * 4 * Math.PI;
    bar.value = String(1 + Math.round((all - 1) * (0.5 - 0.5 * Math.cos(phase))));
    bar.dispatchEvent(new InputEvent('input', { bubbles: true }));
    requestAnimationFrame(next);
};
requestAnimationFrame(next);";

/// A run that says much, watched as it goes.
async fn live() -> anyhow::Result<()> {
    let chatter = Chatter::of_rate(RATE, WATCHED + 5)?;
    let lessons = chatter.folder().display().to_string();
    let page = Page::open_with(&["serve", "--lessons", &lessons]).await?;
    page.go("/lesson/01-chatter").await?;
    page.press("run").await?;
    page.until_text(&page.part("ladder").await?, "ESTABLISHED").await?;
    let (before, idle) = (page.ask(COUNT).await?, Work::of(&page).await?);
    let frames = page.ask(&WATCH_FRAMES.replace("SECONDS", &WATCHED.to_string())).await?;
    let (after, work) = (page.ask(COUNT).await?, Work::of(&page).await?.since(&idle));
    let count = |seen: &Value| seen.as_str().and_then(|count| count.parse::<usize>().ok()).unwrap_or_default();
    let rate = (count(&after) - count(&before)) / WATCHED;
    row("live, events a second", &rate.to_string(), &format!("{RATE}"));
    row("  frames over 50 ms", &frames["long"].to_string(), "0");
    row("  longest frame", &millis(&frames["longest"]), "≤ 50 ms");
    work.print(&frames["count"]);
    memory(&page).await?;
    page.close().await
}

const COUNT: &str = "done(document.querySelector('[data-testid=scrubber]').max);";

const WATCH_FRAMES: &str = "let last, count = 0, long = 0, longest = 0;
const end = performance.now() + SECONDS * 1000;
const next = (now) => {
    if (last !== undefined) { count++; longest = Math.max(longest, now - last); if (now - last > 50) long++; }
    last = now;
    if (now > end) return done({ long, longest, count });
    requestAnimationFrame(next);
};
requestAnimationFrame(next);";

/// What the page's process holds for itself alone, the browser's own part of it included.
async fn memory(page: &Page) -> anyhow::Result<()> {
    page.cdp("HeapProfiler.collectGarbage", json!({})).await?;
    let largest = renderers(page.browser()).into_iter().max().context("a page has a process")?;
    row("  memory of the page's process", &format!("{} MB", largest / 1000), "≤ 200 MB");
    Ok(())
}

/// The private memory of each renderer below a process, in KiB (`/proc/PID/smaps_rollup`, proc_pid_smaps(5)).
fn renderers(above: u32) -> Vec<u64> {
    let text = |pid: u32, file: &str| std::fs::read_to_string(format!("/proc/{pid}/{file}")).unwrap_or_default();
    let parent = |pid: u32| {
        let status = text(pid, "status");
        status.lines().find_map(|line| line.strip_prefix("PPid:")?.trim().parse::<u32>().ok())
    };
    let private = |pid: u32| {
        let map = text(pid, "smaps_rollup");
        let of = |line: &str| line.starts_with("Private_").then(|| line.split_whitespace().nth(1)?.parse::<u64>().ok());
        map.lines().filter_map(|line| of(line).flatten()).sum()
    };
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    processes
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(|pid| text(*pid, "cmdline").contains("--type=renderer"))
        .filter(|pid| {
            std::iter::successors(Some(*pid), |pid| parent(*pid).filter(|pid| *pid > 1)).any(|pid| pid == above)
        })
        .map(private)
        .collect()
}

fn millis(seen: &Value) -> String {
    seen.as_f64().map_or_else(|| "?".to_owned(), |millis| format!("{millis:.1} ms"))
}
