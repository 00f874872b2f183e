"""Owns what stands in for a camera: a picture or a film from a file, and frames that a test feeds. All go through Qt's
own capture graph, as a camera's do. Used by the demo, the measures and the tests; loads Qt Multimedia.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, QTimer, QUrl
from PySide6.QtGui import QImage
from PySide6.QtMultimedia import (
    QMediaCaptureSession,
    QMediaPlayer,
    QVideoFrame,
    QVideoFrameFormat,
    QVideoFrameInput,
    QVideoSink,
)

from app.ui.camera.frame_source import PICTURE_SIZE, CameraState, FrameSource, TakeFrame

_FRAME_MS = 33
_PICTURES = (".png", ".jpg", ".jpeg", ".bmp")


class FeederSource(FrameSource):
    """Frames given by hand, through the capture graph of a camera."""

    def __init__(self, take: TakeFrame, name: str = "feeder") -> None:
        super().__init__()
        self._take = take
        self._name = name
        self._input = QVideoFrameInput()
        self._sink = QVideoSink()
        self._session = QMediaCaptureSession()
        self._session.setVideoFrameInput(self._input)
        self._session.setVideoSink(self._sink)
        self._sink.videoFrameChanged.connect(self._came)
        self._on = False

    def feed(self, frame: QVideoFrame) -> bool:
        """Give a frame; whether it was taken. The same frame twice in a row counts as one."""
        return self._input.sendVideoFrame(frame)

    def start(self, _device: str) -> None:
        self._on = True
        self.state_changed.emit(CameraState.LIVE, self._name)

    def stop(self) -> None:
        self._on = False
        self.state_changed.emit(CameraState.OFF, "")

    def close(self) -> None:
        self._on = False
        self._session.setVideoFrameInput(None)
        self._session.setVideoSink(None)

    def _came(self, frame: QVideoFrame) -> None:
        if self._on:
            self._take(frame)


class FileSource(FrameSource):
    """A picture shown for ever, or a film again and again."""

    def __init__(self, take: TakeFrame, file: Path) -> None:
        super().__init__()
        self._file = file
        self._feeder = FeederSource(take, file.name)
        self._feeder.state_changed.connect(self.state_changed)
        self._tick = QTimer(self)
        self._tick.setInterval(_FRAME_MS)
        self._tick.timeout.connect(self._show_picture)
        self._picture = QImage()
        self._player: QMediaPlayer | None = None
        self._sink: QVideoSink | None = None
        self._take = take

    def start(self, device: str) -> None:
        if self._file.suffix.lower() in _PICTURES:
            self._picture = on_canvas(QImage(str(self._file)))
            if self._picture.isNull():
                self.state_changed.emit(CameraState.NONE_FOUND, self._file.name)
                return
            self._feeder.start(device)
            self._tick.start()
        else:
            self._play_film()

    def stop(self) -> None:
        self._tick.stop()
        if self._player is not None:
            self._player.stop()
        self._feeder.stop()

    def close(self) -> None:
        self._tick.stop()
        if self._player is not None:
            self._player.stop()
            self._player.setVideoSink(None)
        self._player = self._sink = None
        self._feeder.close()

    def _show_picture(self) -> None:
        self._feeder.feed(frame_of(self._picture))

    def _play_film(self) -> None:
        if self._player is None:
            self._sink = QVideoSink()
            self._player = QMediaPlayer()
            self._player.setVideoSink(self._sink)
            self._player.setLoops(QMediaPlayer.Loops.Infinite)
            self._player.setSource(QUrl.fromLocalFile(str(self._file.absolute())))
            self._sink.videoFrameChanged.connect(self._take)
            self._player.errorOccurred.connect(self._film_failed)
        self._player.play()
        self.state_changed.emit(CameraState.LIVE, self._file.name)

    def _film_failed(self, _error: object, _words: str) -> None:
        self.state_changed.emit(CameraState.NONE_FOUND, self._file.name)


_TABLE_GREY = 192
"""Of 255."""


def on_canvas(picture: QImage) -> QImage:
    """A picture as a camera would see it: whole, on a grey table, in the size that cameras give. Null stays null."""
    if picture.isNull():
        return picture
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QPainter

    canvas = QImage(*PICTURE_SIZE, QImage.Format.Format_Grayscale8)
    canvas.fill(_TABLE_GREY)
    size = QSize(*PICTURE_SIZE)
    if picture.width() > size.width() or picture.height() > size.height():
        picture = picture.scaled(size, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
    painter = QPainter(canvas)
    painter.drawImage((size.width() - picture.width()) // 2, (size.height() - picture.height()) // 2, picture)
    painter.end()
    return canvas


def frame_of(
    grey: QImage, pixels: QVideoFrameFormat.PixelFormat = QVideoFrameFormat.PixelFormat.Format_NV12
) -> QVideoFrame:
    """A frame of a grey picture, in the format of a camera (NV12, YUV420P, YUYV, UYVY, Y8 or BGRA)."""
    names = QVideoFrameFormat.PixelFormat
    if pixels == names.Format_BGRA8888:
        return QVideoFrame(grey.convertToFormat(QImage.Format.Format_ARGB32))
    made = QVideoFrame(QVideoFrameFormat(grey.size(), pixels))
    made.map(QVideoFrame.MapMode.ReadWrite)
    first, stride = {names.Format_YUYV: (0, 2), names.Format_UYVY: (1, 2)}.get(pixels, (0, 1))
    for plane in range(made.planeCount()):
        lines = made.bits(plane)
        lines[:] = b"\x80" * len(lines)
    target, source = made.bits(0), grey.constBits()
    across, there, here = grey.width(), made.bytesPerLine(0), grey.bytesPerLine()
    for line in range(grey.height()):
        begin = line * there + first
        target[begin : begin + across * stride : stride] = source[line * here : line * here + across]
    made.unmap()
    return made
