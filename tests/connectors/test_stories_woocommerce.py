"""Every story on the stage `woocommerce`."""

from tests.connectors.kit.on_stage import stories_on

test_story = stories_on("woocommerce")
