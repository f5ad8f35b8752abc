export default function({ data }) {
  const press = (key) => {
    const button = document.querySelector(`.st-key-${key} button`);
    if (button && !button.disabled) button.click();
  };
  const forward = data.rtl ? 'ArrowLeft' : 'ArrowRight';
  const back = data.rtl ? 'ArrowRight' : 'ArrowLeft';
  const on = (event) => {
    if (event.target.closest('input, textarea, [contenteditable]') || event.ctrlKey || event.metaKey || event.altKey) return;
    if ([forward, 'PageDown'].includes(event.key)) { event.preventDefault(); press('meeting-next'); }
    else if ([back, 'PageUp'].includes(event.key)) { event.preventDefault(); press('meeting-back'); }
    else if (event.key === 'f' || event.key === 'F') {
      if (document.fullscreenElement) document.exitFullscreen(); else document.documentElement.requestFullscreen();
    }
  };
  document.addEventListener('keydown', on);
  document.documentElement.classList.add('sd-meeting-view');
  return () => {
    document.removeEventListener('keydown', on);
    document.documentElement.classList.remove('sd-meeting-view');
  };
}
