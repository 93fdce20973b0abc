//! The files under `/assets`: named after their content, compressed, listed in a manifest.
//!
//! `target/site/assets/` then holds `keystead.<hash>.css`, the same with `.br` and `.gz`, and
//! `manifest.json`: `{"keystead.css": "keystead.<hash>.css", …}`.

use crate::{css, sh, wasm::Wasm};
use anyhow::{Context, Result, bail};
use flate2::{Compression, write::GzEncoder};
use sha2::{Digest, Sha256};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Write,
    path::{Path, PathBuf},
};

/// Formats that are compressed already.
const COMPRESSED: [&str; 3] = ["png", "woff2", "webp"];

/// Writes the whole site; files that no longer belong to it go away. `fast` compresses the wasm less.
pub(crate) fn write(wasm: &Wasm, fast: bool) -> Result<()> {
    let mut site = Site::open(sh::root().join("target/site/assets"), fast)?;
    let module = site.add("keystead.wasm", &wasm.bytes)?;
    site.add("keystead.js", (wasm.js.clone() + &start(&module)).as_bytes())?;

    let mut sheet = css::sheet(&sh::root().join("style"))?;
    site.add(
        "icons.svg",
        &fs::read(sh::root().join("style/icons.svg")).context("style/icons.svg is missing")?,
    )?;
    for path in files(&sh::root().join("style/static"))? {
        let name = path.file_name().context("a file has a name")?.to_string_lossy().into_owned();
        let hashed = site.add(&name, &fs::read(&path)?)?;
        sheet = sheet.replace(&format!("url(\"static/{name}\")"), &format!("url(\"{hashed}\")"));
    }
    if let Some(start) = sheet.find("url(\"static/") {
        bail!(
            "a style sheet names a file that style/static lacks: {}",
            &sheet[start..].lines().next().unwrap_or("")
        );
    }
    site.add("keystead.css", sheet.as_bytes())?;
    site.close()
}

/// What loads and starts the module: once the page stands and the browser has nothing else to do. Until then
/// it works as it does without script, and is not made to wait for a module that it can do without.
fn start(module: &str) -> String {
    format!(
        "
{{
  const load = () => __wbg_init({{ module_or_path: new URL({module:?}, import.meta.url) }});
  const wait = () => (window.requestIdleCallback ?? setTimeout)(load);
  if (document.readyState === \"complete\") wait();
  else addEventListener(\"load\", wait, {{ once: true }});
}}
"
    )
}

fn files(dir: &Path) -> Result<Vec<PathBuf>> {
    let Ok(entries) = dir.read_dir() else { return Ok(Vec::new()) };
    let mut files: Vec<_> = entries.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    files.retain(|path| path.is_file());
    files.sort();
    Ok(files)
}

struct Site {
    dir: PathBuf,
    /// Brotli's quality for the wasm; all else is small enough for the best.
    wasm_quality: i32,
    /// Plain name to hashed name.
    manifest: BTreeMap<String, String>,
    kept: BTreeSet<String>,
}

impl Site {
    fn open(dir: PathBuf, fast: bool) -> Result<Self> {
        fs::create_dir_all(&dir).with_context(|| format!("cannot create {}", dir.display()))?;
        let wasm_quality = if fast { 5 } else { 11 };
        Ok(Self { dir, wasm_quality, manifest: BTreeMap::new(), kept: BTreeSet::new() })
    }

    /// Adds one file and its compressed forms; its hashed name.
    fn add(&mut self, name: &str, content: &[u8]) -> Result<String> {
        let (stem, extension) = name.rsplit_once('.').with_context(|| format!("{name} has no extension"))?;
        let digest = Sha256::digest(content);
        let hash: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        let hashed = format!("{stem}.{hash}.{extension}");
        self.put(&hashed, || Ok(content.to_vec()))?;
        if !COMPRESSED.contains(&extension) {
            let quality = if extension == "wasm" { self.wasm_quality } else { 11 };
            self.put(&format!("{hashed}.br"), || brotli(content, quality))?;
            self.put(&format!("{hashed}.gz"), || gzip(content))?;
        }
        self.manifest.insert(name.to_owned(), hashed.clone());
        Ok(hashed)
    }

    /// Writes a file unless it is there: its name tells its content.
    fn put(&mut self, name: &str, content: impl FnOnce() -> Result<Vec<u8>>) -> Result<()> {
        let path = self.dir.join(name);
        if !path.exists() {
            let partial = self.dir.join("partial");
            fs::write(&partial, content()?)?;
            fs::rename(partial, &path).with_context(|| format!("cannot write {}", path.display()))?;
        }
        self.kept.insert(name.to_owned());
        Ok(())
    }

    /// Writes the manifest, removes what is no longer named, and says what the wasm weighs.
    fn close(mut self) -> Result<()> {
        let manifest = serde_json::to_vec_pretty(&self.manifest)?;
        let path = self.dir.join("manifest.json");
        if fs::read(&path).ok().as_ref() != Some(&manifest) {
            fs::write(path, manifest)?;
        }
        self.kept.insert("manifest.json".to_owned());
        for path in files(&self.dir)? {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if !self.kept.contains(name.as_ref()) {
                fs::remove_file(&path)?;
            }
        }
        self.report()
    }

    fn report(&self) -> Result<()> {
        for name in ["keystead.wasm", "keystead.js", "keystead.css"] {
            let hashed = &self.manifest[name];
            let size = |suffix: &str| fs::metadata(self.dir.join(format!("{hashed}{suffix}")));
            let (plain, br, gz) = (size("")?.len(), size(".br")?.len(), size(".gz")?.len());
            eprintln!("xtask: {name}: {plain} bytes, brotli {br}, gzip {gz}");
        }
        Ok(())
    }
}

fn brotli(content: &[u8], quality: i32) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    let params = brotli::enc::BrotliEncoderParams { quality, ..Default::default() };
    brotli::BrotliCompress(&mut &content[..], &mut out, &params)?;
    Ok(out)
}

fn gzip(content: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}
