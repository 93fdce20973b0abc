use anyhow::Result;
use test_support::sqlite::Database;

#[test]
fn a_file_lives_as_long_as_its_guard() -> Result<()> {
    let (first, second) = (Database::new()?, Database::new()?);
    assert_ne!(first.url(), second.url());
    let path = first.path();
    std::fs::write(&path, b"data")?;
    drop(first);
    assert!(!path.exists());
    assert!(second.path().parent().is_some_and(|folder| folder.is_dir()));
    Ok(())
}
