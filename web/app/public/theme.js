// Runs before the first paint, so that the dark theme does not flash white.
(function () {
  var kept = null;
  try {
    kept = localStorage.getItem('pianqu.theme');
  } catch (e) {
    kept = null;
  }
  var dark = kept ? kept === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  var wall = /^\/wall\/*$/.test(location.pathname);
  document.documentElement.dataset.theme = wall ? 'wall' : dark ? 'dark' : 'light';
})();
