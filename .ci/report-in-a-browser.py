"""Opens a report in headless Chromium, over its DevTools pipe: nothing on the console, nothing wider
than the window at 360 and 1280 pixels, two to four printed pages. Usage: FILE.html [FOLDER], where
FOLDER takes pictures of it, light and dark. Needs only Python and a Chromium; prints SKIPPED without
one."""

import base64
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]
OVERFLOW = """(() => {
  const wide = document.documentElement.clientWidth;
  const out = [...document.body.querySelectorAll('*')].filter(one => {
    const box = one.getBoundingClientRect();
    return box.right > wide + 0.5 || (one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0
      && getComputedStyle(one).display !== 'inline' && !(one instanceof SVGElement));
  });
  return [document.documentElement.scrollWidth > wide, out.length,
    out.slice(0, 3).map(one => one.outerHTML.slice(0, 120))];
})()"""


class Browser:
    """Messages end in a zero byte: written to file descriptor 3 of the browser, read from its 4."""

    def __init__(self, program, profile):
        read_by_it, self.to = os.pipe()
        self.back, written_by_it = os.pipe()

        def wire():
            os.dup2(read_by_it, 3)
            os.dup2(written_by_it, 4)

        # The pipes must not be 3 and 4 already, or one would overwrite the other.
        high = [os.dup2(fd, number) for fd, number in [(read_by_it, 103), (written_by_it, 104)]]
        read_by_it, written_by_it = high
        self.process = subprocess.Popen(
            [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--no-first-run", "--hide-scrollbars", f"--user-data-dir={profile}",
             "--remote-debugging-pipe", "about:blank"],
            preexec_fn=wire, close_fds=False,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.number, self.rest, self.events, self.session = 0, b"", [], None

    def call(self, method, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.read()
            if answer.get("id") == self.number:
                if "error" in answer:
                    sys.exit(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def read(self):
        while b"\0" not in self.rest:
            part = os.read(self.back, 1 << 16)
            if not part:
                sys.exit("the browser ended")
            self.rest += part
        message, self.rest = self.rest.split(b"\0", 1)
        return json.loads(message)

    def wait_for(self, method):
        while not any(event.get("method") == method for event in self.events):
            self.events.append(self.read())

    def value(self, expression):
        return self.call("Runtime.evaluate", expression=expression, returnByValue=True)["result"]["value"]


def check(browser, page, folder):
    target = browser.call("Target.createTarget", url="about:blank")["targetId"]
    browser.session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
    for domain in ["Page", "Runtime", "Log", "Network"]:
        browser.call(f"{domain}.enable")
    wrong = []
    for scheme in ["light", "dark"]:
        browser.call("Emulation.setEmulatedMedia",
                     features=[{"name": "prefers-color-scheme", "value": scheme}])
        for width in [360, 1280]:
            browser.call("Emulation.setDeviceMetricsOverride",
                         width=width, height=800, deviceScaleFactor=1, mobile=False)
            browser.events.clear()
            browser.call("Page.navigate", url="file://" + os.path.abspath(page))
            browser.wait_for("Page.loadEventFired")
            wider, count, some = browser.value(OVERFLOW)
            if wider or count:
                wrong.append(f"{width} px: {count} elements are too wide: {some}")
            for event in browser.events:
                if event.get("method") in ("Log.entryAdded", "Runtime.consoleAPICalled",
                                           "Runtime.exceptionThrown", "Network.loadingFailed"):
                    wrong.append(f"{width} px: console: {json.dumps(event['params'])[:300]}")
            if folder:
                picture = browser.call("Page.captureScreenshot", captureBeyondViewport=True)
                write(folder, f"{scheme}-{width}.png", picture["data"])
    pdf = base64.b64decode(browser.call("Page.printToPDF", preferCSSPageSize=True,
                                        printBackground=True)["data"])
    pages = len(re.findall(rb"/Type\s*/Page\b", pdf))
    if folder:
        write(folder, "print.pdf", base64.b64encode(pdf))
    if not 2 <= pages <= 4:
        wrong.append(f"it prints to {pages} pages")
    return pages, wrong


def write(folder, name, data):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "wb") as file:
        file.write(base64.b64decode(data))


def main():
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        print("SKIPPED: no Chromium is installed")
        return
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(program, profile)
        try:
            folder = sys.argv[2] if len(sys.argv) > 2 else None
            pages, wrong = check(browser, sys.argv[1], folder)
        finally:
            browser.process.kill()
            browser.process.wait()
    if wrong:
        sys.exit("\n".join(wrong))
    print(f"{sys.argv[1]}: clean at 360 and 1280 px, light and dark; {pages} printed pages")


main()
