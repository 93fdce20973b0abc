// Rebuilds style/icons.svg from Microsoft's Fluent icons (MIT, see icons.LICENSE).
// Needed only when the list below changes, which also lists `Glyph` in app/src/ui/icon.rs:
//   npm pack @fluentui/svg-icons && tar xzf fluentui-svg-icons-*.tgz && node style/icons.mjs package/icons
import { readFileSync, writeFileSync } from 'node:fs';

const folder = process.argv[2];
// Our name: Fluent's file, size 20. Filled where the glyph stands for a state, regular elsewhere.
const icons = {
  add: 'add_20_regular', admin: 'people_20_regular', ai: 'brain_circuit_20_regular', audit: 'document_bullet_list_20_regular',
  back: 'arrow_undo_20_regular', backup: 'archive_20_regular', bell: 'alert_20_regular', calendar: 'calendar_20_regular',
  check: 'checkmark_20_regular', 'chevron-down': 'chevron_down_20_regular', 'chevron-right': 'chevron_right_20_regular',
  'circle': 'circle_20_regular', clock: 'clock_20_regular', close: 'dismiss_20_regular', cloud: 'cloud_20_regular',
  code: 'code_20_regular', collapse: 'panel_left_contract_20_regular', copy: 'copy_20_regular', delete: 'delete_20_regular',
  download: 'arrow_download_20_regular', edit: 'edit_20_regular', environment: 'database_20_regular', error: 'dismiss_circle_20_filled',
  expand: 'panel_left_expand_20_regular', external: 'open_20_regular', eye: 'eye_20_regular', factory: 'building_factory_20_regular',
  filter: 'filter_20_regular', fingerprint: 'fingerprint_20_regular', help: 'question_circle_20_regular', history: 'history_20_regular',
  home: 'home_20_regular', info: 'info_20_filled', key: 'key_20_regular', lock: 'lock_closed_20_regular', locked: 'lock_closed_20_filled',
  mail: 'mail_20_regular', menu: 'navigation_20_regular', more: 'more_horizontal_20_regular', off: 'prohibited_20_regular',
  operation: 'pulse_20_regular', person: 'person_20_regular', refresh: 'arrow_clockwise_20_regular', search: 'search_20_regular',
  settings: 'settings_20_regular', severe: 'error_circle_20_filled', shield: 'shield_checkmark_20_regular', 'sign-out': 'sign_out_20_regular',
  'sort-down': 'arrow_sort_down_20_regular', 'sort-up': 'arrow_sort_up_20_regular', success: 'checkmark_circle_20_filled',
  sync: 'arrow_sync_20_regular', theme: 'dark_theme_20_regular', unlock: 'lock_open_20_regular', upload: 'arrow_upload_20_regular',
  vault: 'vault_20_regular', warning: 'warning_20_filled',
};

// Keystead's own mark: a keystone (the wedge that holds an arch) with a keyhole cut out of it.
const mark = '<symbol id="keystead" viewBox="0 0 20 20"><path fill="currentColor" fill-rule="evenodd" d="M3.6 2h12.8c.9 0 1.6.8 1.4 1.7l-2.6 13a1.6 1.6 0 0 1-1.6 1.3H6.4a1.6 1.6 0 0 1-1.6-1.3l-2.6-13C2 2.8 2.7 2 3.6 2ZM10 5.5a2.7 2.7 0 0 0-1.3 5.07l-.5 3.93h3.6l-.5-3.93A2.7 2.7 0 0 0 10 5.5Z"/></symbol>';

const symbols = Object.entries(icons).map(([name, file]) => {
  const svg = readFileSync(`${folder}/${file}.svg`, 'utf8');
  const shapes = svg.replace(/^<svg[^>]*>|<\/svg>\s*$/g, '').replace(/\s*fill="[^"]*"/g, '');
  return `<symbol id="${name}" viewBox="0 0 20 20" fill="currentColor">${shapes}</symbol>`;
});
writeFileSync(new URL('icons.svg', import.meta.url), `<svg xmlns="http://www.w3.org/2000/svg">\n${mark}\n${symbols.join('\n')}\n</svg>\n`);
