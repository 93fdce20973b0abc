//! The plug is pulled at every kill point of a root key's rotation by hand: the next process ends it by itself, from the
//! files and the database as they lie there.

use crate::{
    drill::{AT_FIRST, Drill, Plugs, in_child},
    house::{FILE_PASSWORD, House},
};
use domain::{KeyId, RingKeyId, TableId};
use service::{
    Portal, Settings, keys,
    root_key::{By, RootKeyFile, RootKeys, Rotation, rotate},
    timers,
};
use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};
use store::{
    Db,
    sealed::{Sealed, Table},
};
use test_support::{Kind, TestDb, both_databases};
use uuid::Uuid;
use vault::{Password, RootKey};

const ROWS: usize = 300;
const DRILL: Drill = Drill { child: "crash_rotation::child", plugs: PLUGS, ahead: [AT_FIRST, AT_FIRST + 60] };
pub(crate) const PLUGS: Plugs =
    &[("root.announced", &[1]), ("root.sealed", &[1]), ("root.swapped", &[1]), ("root.adopted", &[1])];

/// Only as a child of the tests below: without their variables it has nothing to do. The operator's command; the portal
/// that starts after it, a minute on.
#[test]
fn child() {
    in_child(async |house, _| {
        let row = store::portal::get(house.portal.db().read()).await.unwrap().unwrap();
        if row.root_next.is_none() && row.root_rotated_at.is_none() {
            rotate(&house.portal, By::Operator).await.unwrap();
        } else {
            timers::rotate_root_key(&house.portal).await.unwrap();
        }
    });
}

/// What must be there afterwards.
struct Before {
    /// An environment under the customer's key, and one under the platform's.
    tables: [TableId; 2],
    /// Made here; its file waits.
    made: KeyId,
    root: RootKey,
    /// So many values of each table.
    sealed: [usize; 4],
}

async fn before(house: &House, files: &Path) -> Before {
    let first = fs::read(files.join("first")).unwrap();
    house.upload_file("first", first, FILE_PASSWORD).await.unwrap();
    house.drain().await;
    let tables = [filled(house, "Payroll", true).await, filled(house, "Sales", false).await];
    let form = keys::Generate {
        name: "made".to_owned(),
        password: Password::new(FILE_PASSWORD.to_owned()),
        risk_acknowledged: false,
    };
    let made = keys::generate(&house.portal, &house.admin, house.ring, form).await.unwrap();
    let sealed = sealed(house).await.map(|rows| rows.len());
    assert!(
        sealed.iter().all(|count| *count > 0),
        "something that the root key seals is not there: {sealed:?}"
    );
    Before { tables, made, root: root(house), sealed }
}

async fn filled(house: &House, name: &str, own: bool) -> TableId {
    let environment = house.environment(name, "production").await;
    let table = house.table(environment).await;
    house.import(table, ROWS).await;
    if own {
        house.apply(environment).await.unwrap();
        house.drain().await;
    }
    table
}

fn root(house: &House) -> RootKey {
    RootKey::from_bytes(&fs::read(&house.root).unwrap()).unwrap()
}

/// What the root key seals, in the order of the tables.
async fn sealed(house: &House) -> [Vec<Sealed>; 4] {
    let page = |table| store::sealed::page(house.portal.db().read(), table, Uuid::nil(), 1_000);
    let [platform, protection, ring, files] = Table::ALL.map(page);
    let (platform, protection) = (platform.await.unwrap(), protection.await.unwrap());
    [platform, protection, ring.await.unwrap(), files.await.unwrap()]
}

async fn verify(house: &House, before: &Before, at: &str) {
    let db = house.portal.db().read();
    for table in before.tables {
        let rows = house.all_rows(&house.portal, table).await.unwrap();
        assert_eq!(rows.len(), ROWS, "{at}");
        assert!((0..ROWS).all(|n| rows[n][0].text() == format!("person-secret-{n}")), "{at}");
    }
    let row = store::portal::get(db).await.unwrap().unwrap();
    let new = root(house);
    assert_eq!(row.root_check, new.check_value(), "{at}: the file is not the database's");
    assert!(row.root_next.is_none() && row.root_rotated_at.is_some(), "{at}: it has not come to its end");
    assert_eq!(
        fs::read_dir(house.root.parent().unwrap()).unwrap().count(),
        1,
        "{at}: a root key is left over"
    );
    let now = sealed(house).await;
    assert_eq!(now.each_ref().map(Vec::len), before.sealed, "{at}: something is lost");
    let [_, protection, ring_keys, _] = &now;
    for row in ring_keys {
        let opened = house.portal.keyring().ring_key(db, RingKeyId(row.id)).await;
        assert!(opened.is_ok(), "{at}: a ring key does not open");
    }
    let mut places: Vec<(String, &Sealed)> =
        protection.iter().map(|row| (format!("{}|protection-key|{}", row.bound_to, row.id), row)).collect();
    places.push((format!("key-file|{}", before.made), &now[3][0]));
    for (place, row) in places {
        assert!(new.open(&place, &row.sealed).is_ok(), "{at}: {place} does not open");
        assert!(before.root.open(&place, &row.sealed).is_err(), "{at}: the key before opens {place}");
    }
    told(house, at).await;
}

/// Once, and by whom: what was not swapped yet is the portal's work.
async fn told(house: &House, at: &str) {
    let filter = store::audit::Filter::default();
    let trail = service::audit::list(&house.portal, &house.admin, &filter, None, 100).await.unwrap();
    let rotated = trail.iter().filter(|entry| entry.action == "root_key.rotate");
    let actors: Vec<&str> = rotated.map(|entry| entry.actor.as_str()).collect();
    let before_the_swap = at.starts_with("root.announced") || at.starts_with("root.sealed");
    assert_eq!(actors, [if before_the_swap { "portal" } else { "operator" }], "{at}");
}

fn every_plug(kind: Kind) {
    DRILL.every_plug(kind, before, async |house, before, _, at| verify(house, before, at).await);
}

#[test]
fn a_crash_in_a_rotation_by_hand_ends_well_sqlite() {
    every_plug(Kind::Sqlite);
}

#[test]
fn a_crash_in_a_rotation_by_hand_ends_well_postgres() {
    every_plug(Kind::Postgres);
}

both_databases! {
    /// What a rotation leaves that was killed before the swap, where the operator hands the root key in.
    async fn a_root_key_that_is_handed_in_is_as_before_until_the_operator_rotates_again(db: TestDb) {
        let house = House::new(&db).await;
        let table = filled(&house, "Sales", false).await;
        let (before, next) = (root(&house), house.root.with_extension("key.next"));
        let announced = RootKey::generate();
        fs::write(&next, announced.expose()).unwrap();
        fs::set_permissions(&next, fs::Permissions::from_mode(0o600)).unwrap();
        let check = announced.check_value();
        store::portal::set_root_next(house.portal.db().write(), Some(&check)).await.unwrap();

        let handle = Db::connect(&db.url).await.unwrap();
        let roots = RootKeys::open(&handle, RootKeyFile::handed_in(house.root.clone())).await.unwrap();
        let portal = Portal::new(handle, house.clock.clone(), roots, Settings::default());
        timers::rotate_root_key(&portal).await.unwrap();
        let row = async || store::portal::get(house.portal.db().read()).await.unwrap().unwrap();
        assert_eq!(row().await.root_check, before.check_value(), "whoever handed it in decides");
        assert_eq!(house.all_rows(&portal, table).await.unwrap().len(), ROWS);
        assert!(matches!(rotate(&portal, By::Operator).await, Ok(Rotation::Rotated { .. })));
        assert_eq!((row().await.root_check, row().await.root_next), (check.to_vec(), None));
        assert_eq!(house.all_rows(&portal, table).await.unwrap().len(), ROWS);
    }
}
