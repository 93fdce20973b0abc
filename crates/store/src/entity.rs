//! One macro for what every entity repeats: a table without sea-orm relations.

macro_rules! entity {
    ($table:tt { $($(#[$attribute:meta])* $field:ident: $kind:ty),+ $(,)? }) => {
        mod entity {
            use sea_orm::entity::prelude::*;

            #[derive(Clone, PartialEq, DeriveEntityModel)]
            #[sea_orm(table_name = $table)]
            pub struct Model { $($(#[$attribute])* pub $field: $kind),+ }

            #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
            pub enum Relation {}

            impl ActiveModelBehavior for ActiveModel {}

            /// Rows may hold sealed material and personal data: their values never reach a log.
            impl std::fmt::Debug for Model {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str(concat!("row of ", $table))
                }
            }
        }
    };
}
