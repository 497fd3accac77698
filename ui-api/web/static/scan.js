// Scanning on the start page: live where the browser reads QR codes itself, else from a photo, for which
// a decoder is loaded when the first photo is chosen. Pictures never leave the device.
(() => {
  'use strict';
  const box = document.getElementById('scan');
  const video = box.querySelector('video');
  const start = box.querySelector('[data-camera]');
  const stop = box.querySelector('[data-stop]');
  const photo = box.querySelector('input[type=file]');
  const say = key => { box.querySelector('[role=status]').textContent = key ? box.dataset[key] : ''; };
  let stream = null;

  // Whatever host a label names, we ask this one: a forged label may lead to a forged answer.
  // A code from under the coating is a secret and is never sent.
  const go = text => {
    let path = '';
    try { path = new URL(text).pathname; } catch { /* no link: a code */ }
    if (/^\/c\//i.test(path)) { say('secret'); return; }
    close();
    const at = path.search(/\/01\/\d{14}\//);
    location.assign(at >= 0 ? path.slice(at) : '/q?code=' + encodeURIComponent(text));
  };

  const close = () => {
    if (stream) for (const track of stream.getTracks()) track.stop();
    stream = null;
    video.hidden = stop.hidden = true;
    start.hidden = !start.dataset.able;
  };

  const native = async () => 'BarcodeDetector' in window
    && (await BarcodeDetector.getSupportedFormats()).includes('qr_code')
    ? new BarcodeDetector({ formats: ['qr_code'] }) : null;

  const live = async detector => {
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
    } catch { say('refused'); return; }
    video.srcObject = stream;
    video.hidden = stop.hidden = false;
    start.hidden = true;
    say('looking');
    await video.play();
    while (stream) {
      const [found] = await detector.detect(video).catch(() => []);
      if (found) { go(found.rawValue); return; }
      await new Promise(done => setTimeout(done, 150));
    }
    say('');
  };

  const script = src => new Promise((done, failed) => {
    const el = document.createElement('script');
    el.src = src; el.onload = done; el.onerror = failed;
    document.head.append(el);
  });

  // The picture is read in the size it has, and in a smaller one: a large blurred photo decodes better so.
  const decode = async bitmap => {
    if (!window.jsQR) await script(box.dataset.decoder);
    for (const most of [1000, 1800, 500]) {
      const scale = Math.min(1, most / Math.max(bitmap.width, bitmap.height));
      const canvas = document.createElement('canvas');
      canvas.width = Math.round(bitmap.width * scale);
      canvas.height = Math.round(bitmap.height * scale);
      const pen = canvas.getContext('2d');
      pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
      const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
      const found = window.jsQR(data, canvas.width, canvas.height);
      if (found && found.data) return found.data;
    }
    return '';
  };

  const load = file => new Promise((done, failed) => {
    const img = new Image();
    img.onload = () => { URL.revokeObjectURL(img.src); done(img); };
    img.onerror = failed;
    img.src = URL.createObjectURL(file);
  });

  photo.addEventListener('change', async () => {
    const [file] = photo.files;
    if (!file) return;
    say('');
    let img;
    try { img = await load(file); } catch { say('none'); return; }
    try {
      const text = await decode(img);
      if (text) go(text); else say('none');
    } catch { say('broken'); }
    photo.value = '';
  });

  stop.addEventListener('click', close);
  addEventListener('pagehide', close);
  native().catch(() => null).then(detector => {
    box.hidden = false;
    if (!detector || !navigator.mediaDevices) return;
    start.dataset.able = 'yes';
    start.hidden = false;
    start.addEventListener('click', () => live(detector));
  });
})();
