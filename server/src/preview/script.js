// Listens whether the lesson was saved: loads the page again, or says what is to be fixed.
const words = {
  en: { held: 'Not shown yet: fix this first. Above is the last version that could be shown.', lint: 'To be fixed' },
  zh: { held: '新内容还不能显示，请先改正下面的问题。页面上是上一个可用的版本。', lint: '有待改正' },
};
let shown;

function list({ faults, held_back: held }) {
  document.querySelector('#preview-faults')?.remove();
  if (faults.length === 0) return;
  const said = words[document.documentElement.lang.startsWith('zh') ? 'zh' : 'en'];
  const panel = document.createElement('section');
  panel.id = 'preview-faults';
  panel.className = held ? 'held' : '';
  panel.setAttribute('role', 'alert');
  const title = document.createElement('h2');
  title.textContent = held ? `✗ ${said.held}` : `! ${said.lint}`;
  const items = document.createElement('ul');
  for (const fault of faults) {
    const item = document.createElement('li');
    item.textContent = fault;
    items.append(item);
  }
  panel.append(title, items);
  document.body.append(panel);
}

new EventSource('/preview/news').onmessage = ({ data }) => {
  const news = JSON.parse(data);
  shown ??= news.version;
  if (news.version === shown) list(news);
  else location.reload();
};
