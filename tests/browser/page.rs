//! A server, a browser and the page in it, with the verbs of a person.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use serde_json::{Value, json};
use support::binary::{Socklab, root};
use thirtyfour::components::SelectElement;
use thirtyfour::prelude::*;

use crate::line::Line;

/// How long the page may take to show something.
const PATIENCE: Duration = Duration::from_secs(30);

/// A window's size in CSS pixels.
pub(crate) type Size = (u32, u32);

/// The sizes at which people look.
pub(crate) const SIZES: [(&str, Size); 3] = [("desktop", (1440, 900)), ("tablet", (1024, 768)), ("phone", (390, 844))];

/// A page in a browser of its own, on a server of its own.
pub(crate) struct Page {
    driver: WebDriver,
    address: String,
    /// What the browser reaches the server by.
    pub(crate) line: Line,
    _server: Socklab,
    chromedriver: Killed,
}

/// A process that ends with its owner.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill(); // gone already is fine
        let _ = self.0.wait();
    }
}

/// Opens a browser, gives the page to the test, and closes the browser however the test ends. A failed test leaves a
/// screenshot of what it saw, and says with its error how the page was.
pub(crate) async fn with_page<F>(name: &str, test: F) -> anyhow::Result<()>
where
    F: AsyncFnOnce(&Page) -> anyhow::Result<()>,
{
    with_page_of(name, &["serve"], test).await
}

/// The same on a server that these arguments start.
pub(crate) async fn with_page_of<F>(name: &str, args: &[&str], test: F) -> anyhow::Result<()>
where
    F: AsyncFnOnce(&Page) -> anyhow::Result<()>,
{
    with_page_in(name, args, &[], test).await
}

/// The same on a server whose environment has these variables.
pub(crate) async fn with_page_in<F>(
    name: &str,
    args: &[&str],
    environment: &[(&str, &str)],
    test: F,
) -> anyhow::Result<()>
where
    F: AsyncFnOnce(&Page) -> anyhow::Result<()>,
{
    let page = Page::open_in(args, environment).await?;
    let mut result = test(&page).await;
    if let Err(error) = result {
        page.screenshot(&format!("failed-{name}")).await?;
        result = Err(error.context(page.condition().await?));
    }
    page.close().await?;
    result
}

/// A chromedriver, and the port that it listens on. It takes a free port of IPv4 and then wants the same of IPv6; where
/// that one is taken it ends at once, so it is asked again.
fn chromedriver() -> anyhow::Result<(Killed, String)> {
    for _ in 0..5 {
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("chromedriver (Debian: chromium-driver)")?;
        let mut said = BufReader::new(process.stdout.take().context("piped")?).lines();
        let process = Killed(process);
        let port = said.find_map(|line| {
            let line = line.ok()?;
            let rest = line.split("successfully on port ").nth(1)?;
            Some(rest.trim_end_matches('.').to_owned())
        });
        if let Some(port) = port {
            return Ok((process, port));
        }
    }
    anyhow::bail!("chromedriver says where it listens")
}

impl Page {
    /// A page on a server that these arguments start.
    #[allow(dead_code, reason = "for the bench")]
    pub(crate) async fn open_with(args: &[&str]) -> anyhow::Result<Self> {
        Self::open_in(args, &[]).await
    }

    async fn open_in(args: &[&str], environment: &[(&str, &str)]) -> anyhow::Result<Self> {
        let mut server = Socklab::start_in(&[args, &["--listen", "127.0.0.1:0"]].concat(), environment);
        let line = server.until_error("http://127.0.0.1:");
        let port: String = line
            .split("http://127.0.0.1:")
            .nth(1)
            .map(|rest| rest.chars().take_while(char::is_ascii_digit).collect())
            .context("the server says where it listens")?;

        let (chromedriver, driver_port) = chromedriver()?;

        let mut options = DesiredCapabilities::chrome();
        for flag in [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--lang=en",
            "--window-size=1440,900",
        ] {
            options.add_arg(flag)?;
        }
        let driver = WebDriver::new(&format!("http://127.0.0.1:{driver_port}"), options).await?;
        let line = Line::to(port.parse()?)?;
        let address = format!("http://127.0.0.1:{}", line.port());
        let page = Self { driver, address, line, _server: server, chromedriver };
        page.resize(SIZES[0].1).await?;
        Ok(page)
    }

    /// Whether the page draws at all, where it is in its run, and what its terminals hold.
    async fn condition(&self) -> anyhow::Result<String> {
        let script = "(async () => {
            const texts = (name) => [...document.querySelectorAll(name)].map((found) => found.textContent);
            const link = document.querySelector('a[href$=\"/jsonl\"]');
            const events = link ? await fetch(link.href).then((answer) => answer.text()) : '';
            const answer = (drawn) => done(JSON.stringify({
                drawn,
                printed: events.split('\\n').filter((line) => line.includes('rinted')),
                visibility: document.visibilityState,
                moment: document.querySelector('[data-testid=scrubber]')?.getAttribute('aria-valuetext'),
                drawnRows: texts('.xterm-rows'),
                readRows: texts('.xterm-accessibility-tree'),
                announced: texts('.live-region'),
                size: [...document.querySelectorAll('.xterm-screen')].map((found) => found.getBoundingClientRect()),
            }, null, 1));
            requestAnimationFrame(() => answer(true));
            setTimeout(answer, 2000, false);
            })()";
        let said = self.ask(script).await?;
        Ok(format!("the page at the end: {}", said.as_str().unwrap_or_default()))
    }

    /// Goes to a path of the site.
    pub(crate) async fn go(&self, path: &str) -> anyhow::Result<()> {
        Ok(self.driver.goto(format!("{}{path}", self.address)).await?)
    }

    /// Presses what does not wait for the page's next attempt, and mends a line that is cut. No attempt of the page's own
    /// gets through before.
    pub(crate) async fn reconnect(&self) -> anyhow::Result<()> {
        self.line.clog();
        self.press("reconnect").await?;
        self.line.mend();
        Ok(())
    }

    /// Waits until no run goes on at the server.
    pub(crate) async fn until_no_runs(&self) -> anyhow::Result<()> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let health = self.line.health()?;
            if health.contains("runs: 0 of") {
                return Ok(());
            }
            ensure!(Instant::now() < deadline, "a run still goes on: {health}");
            tokio::time::sleep(Duration::from_millis(20)).await; // a poll with a deadline, not a guess
        }
    }

    /// Goes to a whole address.
    pub(crate) async fn go_to(&self, address: &str) -> anyhow::Result<()> {
        Ok(self.driver.goto(address).await?)
    }

    /// Lets scripts of the page read what lies on the clipboard.
    pub(crate) async fn allow_clipboard(&self) -> anyhow::Result<()> {
        let permissions = ["clipboardReadWrite", "clipboardSanitizedWrite"];
        self.cdp("Browser.grantPermissions", json!({ "origin": self.address, "permissions": permissions }))
            .await
            .map(drop)
    }

    /// What lies on the clipboard.
    pub(crate) async fn clipboard(&self) -> anyhow::Result<String> {
        let got = self.asked("navigator.clipboard.readText().then((text) => arguments[0]([text]))").await?;
        got.into_iter().next().context("something was copied")
    }

    /// Waits until an element's attribute is this.
    pub(crate) async fn until_attribute(&self, name: &str, attribute: &str, wanted: &str) -> anyhow::Result<()> {
        let element = self.part(name).await?;
        let wait = element.wait_until().wait(PATIENCE, Duration::from_millis(20));
        Ok(wait.has_attribute(attribute.to_owned(), wanted.to_owned()).await?)
    }

    /// A file of the site's, as a script of the page gets it.
    pub(crate) async fn fetched(&self, path: &str) -> anyhow::Result<String> {
        let script = "fetch(arguments[0]).then((answer) => answer.text()).then(arguments[1])";
        let got = self.driver.execute_async(script, vec![json!(path)]).await?;
        got.json().as_str().map(str::to_owned).context("a text")
    }

    /// Runs a script for what it leaves behind.
    pub(crate) async fn run(&self, script: &str) -> anyhow::Result<()> {
        self.driver.execute(script, Vec::new()).await?;
        Ok(())
    }

    /// What a script says, as texts.
    pub(crate) async fn asked(&self, script: &str) -> anyhow::Result<Vec<String>> {
        Ok(serde_json::from_value(self.driver.execute_async(script, Vec::new()).await?.json().clone())?)
    }

    /// Gives the page another size.
    pub(crate) async fn resize(&self, (width, height): Size) -> anyhow::Result<()> {
        self.cdp(
            "Emulation.setDeviceMetricsOverride",
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500 }),
        )
        .await
        .map(drop)
    }

    /// Makes the browser prefer light or dark.
    pub(crate) async fn prefer(&self, scheme: &str) -> anyhow::Result<()> {
        let feature = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.cdp("Emulation.setEmulatedMedia", feature).await.map(drop)
    }

    /// Has the browser do something by its own protocol.
    pub(crate) async fn cdp(&self, command: &str, parameters: Value) -> anyhow::Result<Value> {
        Ok(self.driver.cdp().send_raw(command, parameters).await?)
    }

    /// What a script hands to `done(…)`.
    pub(crate) async fn ask(&self, script: &str) -> anyhow::Result<Value> {
        let script = format!("const done = arguments[0]; {script}");
        Ok(self.driver.execute_async(script, Vec::new()).await?.json().clone())
    }

    /// The process that all of the browser's descend from.
    #[allow(dead_code, reason = "for the bench")]
    pub(crate) fn browser(&self) -> u32 {
        self.chromedriver.0.id()
    }

    /// Closes the browser.
    pub(crate) async fn close(self) -> anyhow::Result<()> {
        Ok(self.driver.quit().await?)
    }

    /// Draws the page for `print`, or for the `screen` again.
    pub(crate) async fn print_as(&self, medium: &str) -> anyhow::Result<()> {
        self.cdp("Emulation.setEmulatedMedia", json!({ "media": medium })).await?;
        Ok(())
    }

    /// Starts lesson 2 in a language and goes on until the client asks its person for a line.
    pub(crate) async fn until_asked(&self, lang: &str) -> anyhow::Result<()> {
        self.go("/lesson/02-tcp").await?;
        self.speak(lang).await?;
        self.press("run").await?;
        self.until_text(&self.of_host("client", "terminal").await?, "say>").await.map(drop)
    }

    /// Moves the pointer to an element.
    pub(crate) async fn point_at(&self, element: &WebElement) -> anyhow::Result<()> {
        Ok(self.driver.action_chain().move_to_element_center(element).perform().await?)
    }

    /// The element that the page marks with this name for tests, once it is shown.
    pub(crate) async fn part(&self, name: &str) -> anyhow::Result<WebElement> {
        self.find(&format!("[data-testid={name}]")).await
    }

    /// A part of a host's panel.
    pub(crate) async fn of_host(&self, host: &str, name: &str) -> anyhow::Result<WebElement> {
        self.find(&format!("[data-host={host}] [data-testid={name}]")).await
    }

    /// An element, once it is shown.
    pub(crate) async fn find(&self, selector: &str) -> anyhow::Result<WebElement> {
        let query = self.driver.query(By::Css(selector)).wait(PATIENCE, Duration::from_millis(20));
        query.first().await.with_context(|| format!("{selector} is not on the page"))
    }

    /// Presses a button once it can be pressed.
    pub(crate) async fn press(&self, name: &str) -> anyhow::Result<()> {
        let button = self.part(name).await?;
        button.wait_until().wait(PATIENCE, Duration::from_millis(20)).enabled().await?;
        Ok(button.click().await?)
    }

    /// Opens a panel beside the ladder, unless it is open.
    pub(crate) async fn open_panel(&self, name: &str) -> anyhow::Result<WebElement> {
        let tab = self.part(&format!("tab-{name}")).await?;
        if tab.attr("aria-selected").await?.as_deref() != Some("true") {
            tab.click().await?;
        }
        self.part(&format!("panel-{name}")).await
    }

    /// Presses a key wherever the keyboard is.
    pub(crate) async fn press_key(&self, keys: impl Into<TypingData>) -> anyhow::Result<()> {
        Ok(self.driver.active_element().await?.send_keys(keys).await?)
    }

    /// Types a value into a field in the place of what is there.
    pub(crate) async fn set(&self, name: &str, value: &str) -> anyhow::Result<()> {
        let field = self.part(name).await?;
        field.send_keys(Key::Control + "a").await?;
        Ok(field.send_keys(value.to_owned() + Key::Enter).await?)
    }

    /// The words of a thing in the ladder that say this: of a call (`c`), a frame (`f`), a socket (`s`).
    pub(crate) async fn in_ladder(&self, kind: char, says: &str) -> anyhow::Result<WebElement> {
        let words = format!("//*[starts-with(@data-pick, '{kind}')]//*[local-name() = 'text'][contains(., '{says}')]");
        let query = self.driver.query(By::XPath(words)).wait(PATIENCE, Duration::from_millis(20));
        query.first().await.with_context(|| format!("nothing in the ladder says {says}"))
    }

    /// Drags one element to another by mouse, with a picture taken before it is let go.
    pub(crate) async fn drag(&self, what: &WebElement, to: &WebElement, picture: &str) -> anyhow::Result<()> {
        let actions = self.driver.action_chain();
        actions.click_and_hold_element(what).move_to_element_center(to).perform().await?;
        self.screenshot(picture).await?;
        Ok(self.driver.action_chain().release().perform().await?)
    }

    /// Presses what is marked with this name below an element and says this.
    pub(crate) async fn press_in(&self, element: &WebElement, selector: &str, text: &str) -> anyhow::Result<()> {
        for button in element.find_all(By::Css(selector)).await? {
            if self.text(&button).await?.contains(text) {
                button.scroll_into_view().await?;
                return Ok(button.click().await?);
            }
        }
        bail!("no {selector} says {text:?}")
    }

    /// What the page keeps under a key for the next visit.
    pub(crate) async fn kept(&self, key: &str) -> anyhow::Result<Option<String>> {
        let script = "return localStorage.getItem(`socklab/${arguments[0]}`)";
        let answer = self.driver.execute(script, vec![json!(key)]).await?;
        Ok(answer.json().as_str().map(str::to_owned))
    }

    /// Notes from now on what the browser complains about: errors of scripts, what they call errors, files that are not
    /// there, and what the page's policy forbids.
    pub(crate) async fn listen_for_faults(&self) -> anyhow::Result<()> {
        let source = "(() => {
            const key = 'faults', note = (fault) => {
                const all = JSON.parse(sessionStorage.getItem(key) ?? '[]');
                sessionStorage.setItem(key, JSON.stringify([...all, `${location.pathname}: ${fault}`]));
            };
            const said = console.error;
            console.error = (...words) => { note(words.join(' ')); said(...words); };
            addEventListener('error', (event) => note(event.message ?? `${event.target.src ?? event.target.href}`), true);
            addEventListener('unhandledrejection', (event) => note(event.reason));
            document.addEventListener('securitypolicyviolation', (event) => note(event.violatedDirective));
        })()";
        self.cdp("Page.addScriptToEvaluateOnNewDocument", json!({ "source": source })).await?;
        Ok(())
    }

    /// What was noted.
    pub(crate) async fn faults(&self) -> anyhow::Result<Vec<String>> {
        let answer = self.driver.execute("return sessionStorage.getItem('faults') ?? '[]'", Vec::new()).await?;
        Ok(serde_json::from_str(answer.json().as_str().unwrap_or_default())?)
    }

    /// What a script of the test's own measures.
    pub(crate) async fn number(&self, script: &str) -> anyhow::Result<f64> {
        let answer = self.driver.execute(script, Vec::new()).await?;
        answer.json().as_f64().with_context(|| format!("{script} gives a number"))
    }

    /// Leaves behind what an earlier visit would have.
    pub(crate) async fn keep(&self, key: &str, value: &str) -> anyhow::Result<()> {
        let script = "localStorage.setItem(`socklab/${arguments[0]}`, arguments[1])";
        self.driver.execute(script, vec![json!(key), json!(value)]).await?;
        Ok(())
    }

    /// Chooses from a list in a host's panel.
    pub(crate) async fn choose(&self, host: &str, name: &str, value: &str) -> anyhow::Result<()> {
        let list = SelectElement::new(&self.of_host(host, name).await?).await?;
        Ok(list.select_by_value(value).await?)
    }

    /// Waits until an element can be seen.
    pub(crate) async fn until_displayed(&self, element: &WebElement) -> anyhow::Result<()> {
        Ok(element.wait_until().wait(PATIENCE, Duration::from_millis(20)).displayed().await?)
    }

    /// Waits until an element is gone.
    pub(crate) async fn until_gone(&self, name: &str) -> anyhow::Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while !self.driver.find_all(By::Css(format!("[data-testid={name}]"))).await?.is_empty() {
            ensure!(Instant::now() < deadline, "{name} does not go away");
            tokio::time::sleep(Duration::from_millis(20)).await; // a poll with a deadline, not a guess
        }
        Ok(())
    }

    /// Waits until this stands anywhere on the page, which may be loaded anew meanwhile.
    pub(crate) async fn until_said(&self, wanted: &str) -> anyhow::Result<String> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let text = self.driver.execute("return document.body?.textContent ?? ''", Vec::new()).await;
            let text = text.ok().and_then(|text| text.json().as_str().map(str::to_owned)).unwrap_or_default();
            if text.contains(wanted) {
                return Ok(text);
            }
            ensure!(Instant::now() < deadline, "{wanted:?} never appeared; there is: {text:?}");
            tokio::time::sleep(Duration::from_millis(20)).await; // a poll with a deadline, not a guess
        }
    }

    /// Waits until an element's text contains something; returns the text.
    pub(crate) async fn until_text(&self, element: &WebElement, wanted: &str) -> anyhow::Result<String> {
        self.until_text_for(PATIENCE, element, wanted).await
    }

    /// Waits until the checks of the programs say this. A graded run may last some seconds, and there are several.
    pub(crate) async fn until_graded(&self, wanted: &str) -> anyhow::Result<String> {
        self.until_text_for(PATIENCE * 6, &self.part("graded").await?, wanted).await
    }

    async fn until_text_for(&self, patience: Duration, element: &WebElement, wanted: &str) -> anyhow::Result<String> {
        let deadline = Instant::now() + patience;
        loop {
            let text = self.text(element).await?;
            if text.contains(wanted) {
                return Ok(text);
            }
            ensure!(Instant::now() < deadline, "{wanted:?} never appeared; there is: {text:?}");
            tokio::time::sleep(Duration::from_millis(20)).await; // a poll with a deadline, not a guess
        }
    }

    /// Waits until an element's text contains something no more. A terminal draws with the next frame.
    pub(crate) async fn until_no_text(&self, element: &WebElement, unwanted: &str) -> anyhow::Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while self.text(element).await?.contains(unwanted) {
            ensure!(Instant::now() < deadline, "{unwanted:?} does not go away");
            tokio::time::sleep(Duration::from_millis(20)).await; // a poll with a deadline, not a guess
        }
        Ok(())
    }

    /// All text of an element, that for screen readers included. Lines of a terminal are padded with no-break spaces.
    pub(crate) async fn text(&self, element: &WebElement) -> anyhow::Result<String> {
        let text = element.prop("textContent").await?.unwrap_or_default();
        Ok(text.replace('\u{a0}', " "))
    }

    /// Types into a host's terminal as on a keyboard.
    pub(crate) async fn type_into(&self, host: &str, keys: &str) -> anyhow::Result<()> {
        let terminal = self.of_host(host, "terminal").await?;
        let keyboard = terminal.query(By::Css("textarea")).wait(PATIENCE, Duration::from_millis(20)).first().await?;
        Ok(keyboard.send_keys(keys).await?)
    }

    /// What is edited in a host's editor.
    async fn editor(&self, host: &str) -> anyhow::Result<WebElement> {
        let editor = self.find(&format!("[data-host={host}] .editor-host")).await?;
        Ok(editor.get_shadow_root().await?.find(By::Css(".cm-content")).await?)
    }

    /// The text in a host's editor, with the notes beside its lines.
    pub(crate) async fn program(&self, host: &str) -> anyhow::Result<String> {
        self.text(&self.editor(host).await?).await
    }

    /// Waits until there is something in a host's editor.
    pub(crate) async fn until_program(&self, host: &str, wanted: &str) -> anyhow::Result<()> {
        self.until_text(&self.editor(host).await?, wanted).await.map(drop)
    }

    /// Adds a line to the end of a host's program, as on a keyboard.
    pub(crate) async fn add_to_program(&self, host: &str, line: &str) -> anyhow::Result<()> {
        let content = self.editor(host).await?;
        content.click().await?;
        content.send_keys(Key::Control + Key::End).await?;
        Ok(content.send_keys(Key::Enter + line).await?)
    }

    /// Puts another program in the place of a host's, as when it is pasted.
    pub(crate) async fn paste_program(&self, host: &str, text: &str) -> anyhow::Result<()> {
        let content = self.editor(host).await?;
        content.click().await?;
        content.send_keys(Key::Control + "a").await?;
        self.cdp("Input.insertText", json!({ "text": text })).await.map(drop)
    }

    /// Waits until the page in a frame says something.
    pub(crate) async fn until_framed(&self, name: &str, wanted: &str) -> anyhow::Result<()> {
        self.part(name).await?.enter_frame().await?;
        let body = self.find("body").await?;
        let told = self.until_text(&body, wanted).await;
        self.driver.enter_default_frame().await?;
        told.map(drop)
    }

    /// The link of the latest run, by which others find it.
    pub(crate) async fn link(&self) -> anyhow::Result<String> {
        let export = self.part("export").await?.find(By::Css("a")).await?;
        let path = export.attr("href").await?.unwrap_or_default();
        path.split('/').nth(3).map(str::to_owned).context("the page tells a download's address")
    }

    /// The page's main part.
    pub(crate) async fn main(&self) -> anyhow::Result<WebElement> {
        self.find("main").await
    }

    /// Chooses a language by the page's own switch: `en`, `zh-CN`.
    pub(crate) async fn speak(&self, lang: &str) -> anyhow::Result<()> {
        let html = self.driver.find(By::Css("html")).await?;
        if html.attr("lang").await?.as_deref() != Some(lang) {
            self.press("lang-switch").await?;
        }
        let deadline = Instant::now() + PATIENCE;
        while html.attr("lang").await?.as_deref() != Some(lang) {
            ensure!(Instant::now() < deadline, "the page does not speak {lang}");
        }
        Ok(())
    }

    /// Lets the browser keep what is downloaded, in a folder that is empty.
    pub(crate) async fn keep_downloads(&self, name: &str) -> anyhow::Result<PathBuf> {
        let folder = root().join("tests/browser/artefacts").join(name);
        let _ = std::fs::remove_dir_all(&folder); // there may be none
        std::fs::create_dir_all(&folder)?;
        self.cdp("Browser.setDownloadBehavior", json!({ "behavior": "allow", "downloadPath": folder })).await?;
        Ok(folder)
    }

    /// Waits until a file was downloaded; returns what is in it.
    pub(crate) async fn downloaded(&self, file: &Path) -> anyhow::Result<Vec<u8>> {
        let deadline = Instant::now() + PATIENCE;
        // The browser gives a file its name when all of it is there.
        while !file.exists() {
            ensure!(Instant::now() < deadline, "{} was not downloaded", file.display());
            tokio::time::sleep(Duration::from_millis(20)).await; // a poll with a deadline, not a guess
        }
        Ok(std::fs::read(file)?)
    }

    /// Waits until an element's attribute has a value.
    pub(crate) async fn until_attr(&self, element: &WebElement, name: &str, wanted: &str) -> anyhow::Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while element.attr(name).await?.as_deref() != Some(wanted) {
            ensure!(Instant::now() < deadline, "{name} does not become {wanted}");
            tokio::time::sleep(Duration::from_millis(20)).await; // a poll with a deadline, not a guess
        }
        Ok(())
    }

    /// Waits until a part's attribute is another than this.
    pub(crate) async fn until_attr_is_not(&self, part: &str, name: &str, unwanted: &str) -> anyhow::Result<()> {
        let (element, deadline) = (self.part(part).await?, Instant::now() + PATIENCE);
        while element.attr(name).await?.as_deref() == Some(unwanted) {
            ensure!(Instant::now() < deadline, "{name} stays {unwanted}");
            tokio::time::sleep(Duration::from_millis(20)).await; // a poll with a deadline, not a guess
        }
        Ok(())
    }

    /// Keeps pictures in every size, light and dark, with this part in view.
    pub(crate) async fn looked_at(&self, name: &str, part: &str) -> anyhow::Result<()> {
        for (size_name, size) in SIZES {
            self.resize(size).await?;
            for scheme in ["light", "dark"] {
                self.prefer(scheme).await?;
                self.part(part).await?.scroll_into_view().await?;
                self.screenshot(&format!("{name}-{size_name}-{scheme}")).await?;
            }
        }
        self.resize(SIZES[0].1).await
    }

    /// Opens another tab beside this one, and goes there.
    pub(crate) async fn another_tab(&self) -> anyhow::Result<WindowHandle> {
        let here = self.driver.window().await?;
        let tab = self.driver.new_tab().await?;
        self.driver.switch_to_window(tab).await?;
        self.resize(SIZES[0].1).await?;
        Ok(here)
    }

    /// Goes to another tab.
    pub(crate) async fn to_tab(&self, tab: &WindowHandle) -> anyhow::Result<WindowHandle> {
        let here = self.driver.window().await?;
        self.driver.switch_to_window(tab.clone()).await?;
        Ok(here)
    }

    /// Keeps a picture of the window under `tests/browser/artefacts/`.
    pub(crate) async fn screenshot(&self, name: &str) -> anyhow::Result<()> {
        let folder: PathBuf = root().join("tests/browser/artefacts");
        std::fs::create_dir_all(&folder)?;
        Ok(self.driver.screenshot(&folder.join(format!("{name}.png"))).await?)
    }
}
