"""Tools for the picture: cut out a part, measure a line, draw an outline; and the sheet of what was measured."""

from skindesk.gui.tools.crop import CropTool as CropTool
from skindesk.gui.tools.marks import marks_of as marks_of
from skindesk.gui.tools.measure_sheet import MeasureSheet as MeasureSheet
from skindesk.gui.tools.outline import OutlineTool as OutlineTool
from skindesk.gui.tools.ruler import RulerLine as RulerLine
from skindesk.gui.tools.ruler import RulerTool as RulerTool
