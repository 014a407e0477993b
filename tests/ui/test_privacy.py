"""What a closed page and a fetched download leave behind: nothing."""

from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from ui import privacy


def test_a_download_outlives_the_runs_of_others_and_not_the_second_sweep(monkeypatch):
    storage = MemoryMediaFileStorage("/media")
    manager = MediaFileManager(storage)
    monkeypatch.setattr(MediaFileManager, "remove_orphaned_files", MediaFileManager.remove_orphaned_files)
    monkeypatch.setattr(privacy, "exists", lambda: True)
    monkeypatch.setattr(privacy, "get_instance", lambda: type("Runtime", (), {"media_file_mgr": manager}))
    privacy.keep_downloads()
    manager.execute_deferred(manager.add_deferred(lambda: b"faces", "application/zip", "0.0", "faces.zip"))
    for _ in range(5):
        manager.remove_orphaned_files()  # at the end of every run of every session
    kept = []
    for _ in range(2):
        privacy.forget_downloads()
        kept.append(len(storage._files_by_id))
    assert kept == [1, 0]
