// Both hands, moved by /ws/hands without a round trip to the server: 2 x (nine float32, +1 = full
// flexion, then the age in seconds).
"use strict";

(() => {
  const STALE_S = 1.0, LEAST_CHANGE = 1e-4, NAMES = ["control", "predicted"];
  const latest = {
    control: null, predicted: null, age: { control: Infinity, predicted: Infinity },
  };
  let hands = {}, receivedAt = 0;
  const clip = (value) => Math.max(-1, Math.min(1, value));
  const rad = (degrees) => degrees * Math.PI / 180;

  const aboutX = (a) => [[1, 0, 0], [0, Math.cos(a), -Math.sin(a)], [0, Math.sin(a), Math.cos(a)]];
  const aboutZ = (a) => [[Math.cos(a), -Math.sin(a), 0], [Math.sin(a), Math.cos(a), 0], [0, 0, 1]];
  const aboutY = (a) => [[Math.cos(a), 0, Math.sin(a)], [0, 1, 0], [-Math.sin(a), 0, Math.cos(a)]];
  const times = (p, q) => p.map(
    (row) => q[0].map((_, k) => row.reduce((sum, v, j) => sum + v * q[j][k], 0)));

  async function connect() {
    const { LiveSocket } = await import("/static/live_socket.js");
    const onMessage = (data) => take(new Float32Array(data));
    new LiveSocket("/ws/hands", { onOpen: () => {}, onMessage, onLost: () => {} });
  }

  function take(values) {
    receivedAt = performance.now();
    NAMES.forEach((name, k) => {
      const pose = Array.from(values.subarray(k * 10, k * 10 + 9)), age = values[k * 10 + 9];
      latest.age[name] = Number.isNaN(age) ? Infinity : age;
      const before = latest[name], moved = (v, j) => Math.abs(v - before[j]) > LEAST_CHANGE;
      if (Number.isNaN(pose[0]) || (before !== null && !pose.some(moved))) return;
      latest[name] = pose;
      turn(hands[name], pose);
      bars(name, pose);
    });
  }

  // The scene draws its frames whether or not anything moved, which without a graphics card keeps a
  // processor busy: only a frame that differs is drawn, and one a second in case that something
  // else changed it.
  const BUILDING_MS = 5000, REFRESH_MS = 1000;

  function drawWhenMoved(hand) {
    const scene = getElement(hand.scene), renderer = scene && scene.renderer;
    if (!renderer || renderer.emgrigIsLazy) return;
    const draw = renderer.render.bind(renderer), begun = performance.now();
    let drawnAt = 0;
    renderer.emgrigIsLazy = true;
    renderer.render = (...what) => {
      const now = performance.now();
      if (!hand.moved && now - begun > BUILDING_MS && now - drawnAt < REFRESH_MS) return;
      hand.moved = false;
      drawnAt = now;
      draw(...what);
    };
    scene.controls.addEventListener("change", () => { hand.moved = true; });
  }

  function turn(hand, pose) {
    const scene = hand && getElement(hand.scene);
    if (!scene) return;
    drawWhenMoved(hand);
    hand.moved = true;
    for (const digit of hand.digits) {
      digit.joints.forEach((id, k) => {
        scene.rotate(id, aboutX(rad(pose[digit.dof] * digit.bends[k])));
      });
      // The thumb's flexion is across the palm; its abduction (30 degrees) leads away from it.
      if (digit.dof !== 0) continue;
      const spread = aboutZ(rad(digit.spread - 25 * pose[1]));
      const lift = aboutY(rad(-55 + 30 * pose[1]));
      scene.rotate(digit.root, times(spread, lift));
    }
  }

  function bars(name, pose) {
    pose.forEach((value, k) => {
      const which = `="${name}"][data-dof="${k}"]`;
      const bar = document.querySelector(`[data-bar${which} span`);
      const cell = document.querySelector(`[data-value${which}`);
      if (!bar) return;
      const clipped = clip(value);
      bar.style.left = `${clipped < 0 ? 50 + 50 * clipped : 50}%`;
      bar.style.width = `${50 * Math.abs(clipped)}%`;
      cell.textContent = value.toFixed(2);
      if (!latest.control || !latest.predicted) return;
      difference(k, clip(latest.control[k]), clip(latest.predicted[k]));
    });
  }

  // A thin line in the predicted bar, from where the control hand is to where the predicted one is.
  function difference(k, control, predicted) {
    const line = document.querySelector(`[data-bar="predicted"][data-dof="${k}"] i`);
    line.style.left = `${50 + 50 * Math.min(control, predicted)}%`;
    line.style.width = `${50 * Math.abs(control - predicted)}%`;
    const apart = Math.abs(latest.control[k] - latest.predicted[k]);
    document.querySelector(`[data-difference="${k}"]`).textContent = apart.toFixed(2);
  }

  function ages() {
    const silent = (performance.now() - receivedAt) / 1000;
    let isAnyStale = false;
    for (const name of NAMES) {
      const age = latest.age[name] + (silent > 0.5 ? silent : 0);
      const label = document.getElementById(`em-hand-age-${name}`);
      if (!label) continue;
      const isStale = !(age < STALE_S);
      isAnyStale ||= isStale;
      label.closest("figure").classList.toggle("em-hand-stale", isStale);
      greyBars(name, isStale ? words(age) : "");
      const text = isStale ? words(age) : "live";
      if (label.textContent !== text) label.textContent = text;
    }
    for (const cell of document.querySelectorAll("[data-difference]")) {
      cell.classList.toggle("em-old", isAnyStale);
    }
  }

  const words = (age) => (Number.isFinite(age)
    ? `! last pose ${age.toFixed(0)} s ago` : "no pose yet: start a hand under Processes");

  // The nine values of a hand that does not speak are old, and look it.
  function greyBars(name, why) {
    const of = `[data-bar="${name}"], [data-value="${name}"]`;
    for (const one of document.querySelectorAll(of)) {
      one.classList.toggle("em-old", why !== "");
      one.title = why;
    }
  }

  window.emgrigHands = {
    begin: (scenes) => {
      hands = scenes;
      connect();
      setInterval(() => { ages(); Object.values(hands).forEach(drawWhenMoved); }, 250);
      // What has another size is empty.
      const redraw = () => { for (const hand of Object.values(hands)) hand.moved = true; };
      window.addEventListener("resize", redraw);
    },
    // How far a degree of freedom of a hand is bent in its scene, degrees.
    bend: (name, dof) => {
      const { scene, digits } = hands[name], { joints } = digits.find((one) => one.dof === dof);
      return getElement(scene).objects.get(joints[0]).mesh.rotation.x / rad(1);
    },
  };
})();
