// What a folium map would do, by hand: one GeoJSON file, Leaflet, markercluster; people as circle markers read anew.
(async () => {
  const map = L.map('map', { preferCanvas: true, maxZoom: 19 }).fitBounds([[31.3725, 121.2515], [31.3975, 121.2795]]);
  const colours = { running: 'green', amber: 'orange', red: 'red', none: 'gray' };
  const cluster = L.markerClusterGroup();
  const read = async (id) => (await fetch(`/v1/layers/${id}`)).json();
  const cases = await read('cases');
  L.geoJSON(cases, {
    pointToLayer: (f, at) => L.circleMarker(at, { radius: 6, color: colours[f.properties.clock] }),
  }).addTo(cluster);
  map.addLayer(cluster);
  const cameras = await read('cameras');
  L.geoJSON(cameras, { pointToLayer: (_, at) => L.circleMarker(at, { radius: 3 }) }).addTo(map);
  let people = null;
  const walk = async () => {
    const told = await read('personnel');
    people?.remove();
    people = L.geoJSON(told, { pointToLayer: (_, at) => L.circleMarker(at, { radius: 4 }) }).addTo(map);
  };
  await walk();
  setInterval(walk, 4000);
  requestAnimationFrame(() => requestAnimationFrame(() => { document.body.dataset.ready = '1'; }));
})();
