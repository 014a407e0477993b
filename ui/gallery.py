"""The faces that a session has taken: by person, to delete, to take along."""

from weakref import WeakKeyDictionary

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from engine.faces.gallery import Face, Gallery
from ui import camera, training
from ui.lesson import plain
from ui.privacy import forget_downloads

_ADDRESSES: WeakKeyDictionary[Face, str] = WeakKeyDictionary()  # each goes with its face
STYLE = (
    "<style>.taken{display:flex;flex-wrap:wrap;gap:8px}.taken figure{margin:0;text-align:center;font-size:.8rem}"
    ".taken img{display:block;width:80px;height:80px;border-radius:4px}</style>"
)


def show(kept: Gallery) -> None:
    """Draw the faces by person, with ways to delete one or all of them and to download them."""
    for person, faces in kept.people().items():
        st.markdown(f"**{plain(person)}** · {len(faces)} face{'s' if len(faces) > 1 else ''}")
        st.html(f'{STYLE}<div class="taken">{"".join(map(_figure, faces))}</div>')
        numbers, key = [face.number for face in faces], f"delete of {person}"
        st.pills("Delete a face", numbers, format_func=lambda number: f":material/delete: {number}", key=key,
                 on_change=_delete, args=(kept, key), label_visibility="collapsed")  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="center"):
        if len(kept):
            st.download_button("Download (.zip)", kept.archive, "faces.zip", "application/zip", on_click="ignore",
                               icon=":material/download:")  # fmt: skip
        else:
            st.caption("No face kept yet.", width="content")
        # Always: a photograph is here before a face of it is kept, and after the last one was deleted.
        st.button("Delete everything", on_click=_delete_everything, args=(kept,), icon=":material/delete:")


def _figure(face: Face) -> str:
    if face not in _ADDRESSES:
        _ADDRESSES[face] = camera.data_url(face.pixels)
    alt = f"face {face.number}, sharpness {face.sharpness:.0f}"
    return f'<figure><img src="{_ADDRESSES[face]}" alt="{alt}"><figcaption>{face.number}</figcaption></figure>'


def _delete(kept: Gallery, key: str) -> None:
    number = st.session_state[key]
    if number is not None:
        kept.remove(number)
        st.session_state[key] = None


def _delete_everything(kept: Gallery) -> None:
    """Forget the faces, the pictures they came from, and what was trained on and computed from them."""
    st.session_state["stream"].stop()  # else the camera goes on taking the faces that were asked for
    kept.clear()
    training.forget_own()
    st.session_state.pop("embedding places", None)
    context = get_script_run_ctx()
    if context is not None:
        context.uploaded_file_mgr.remove_session_files(context.session_id)
    for _ in range(2):  # the newest too
        forget_downloads()
    st.session_state["times forgotten"] = st.session_state.get("times forgotten", 0) + 1
