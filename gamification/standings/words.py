"""The words of aliases: kind, of no gender, no body, no colour, no people.

No animal that is an insult somewhere, and no pair that becomes one.
"""

_ADJECTIVES = """
    active adept agile airy alert apt artful astute attentive autumn avid balanced
    balmy bold brave breezy bright brisk buoyant calm candid capable careful
    caring cheerful cheery clear clever coastal confident considerate cordial
    cosmic courageous courteous cozy creative crisp curious daring dazzling
    dependable devoted diligent distant dreamy dynamic eager early earnest
    easygoing elegant eloquent endless energetic epic faithful fearless festive
    fluent focused fond fortunate fresh friendly generous gentle genuine gifted
    glad gleaming glowing graceful gracious grand grateful handy happy harmonic
    helpful honest hopeful humble ideal imaginative inventive jaunty jolly jovial
    joyful jubilant keen kind leafy lively logical loyal lucid lucky luminous
    lunar magical marvellous mellow merry mighty mindful modest musical neat
    nimble noble northern observant open optimistic patient peaceful peppy placid
    playful pleasant plucky poetic poised polite practical prompt proud prudent
    quick radiant ready reliable resolute resourceful restful sage serene shining
    sincere skilful snowy solar spirited splendid sporty spring steadfast steady
    stellar sunny swift tactful tender thankful thoughtful tidy tranquil trusty
    upbeat valiant vibrant vivid warm watchful welcome wise witty wondrous
"""

_NOUNS = """
    acorn albatross alder alpaca anchor antelope aspen aster aurora avocet bamboo
    barley basil beacon birch blossom bluebell breeze bridge brook buttercup
    butterfly candle canoe canyon caribou cedar chaffinch chestnut cicada cirrus
    cliff clover comet compass condor coral cormorant cornflower cosmos cricket
    crocus curlew cypress daffodil dahlia dolphin dove dragonfly dune eagle egret
    eider elm falcon feather fern ferry finch firefly fjord flamingo forest
    fountain gannet garden gazelle gecko geyser ginkgo glacier goldfinch grove
    harbour harp hawk hawthorn hazel heron hibiscus hickory hill hoopoe horizon
    hummingbird ibex ibis iguana iris island ivy jasmine jay juniper kestrel
    kingfisher kite koala lagoon lantern larch lark lavender leaf lemur lighthouse
    lilac lily linnet llama lotus lynx magnolia mangrove maple marigold marten
    marlin meadow meerkat meteor mimosa mint moonbeam mountain narwhal nebula
    nightingale nuthatch oak oasis ocelot okapi olive orchid oriole osprey otter
    owl palm papaya pebble pelican penguin peony petrel pine planet plover poplar
    poppy puffin quail quartz quetzal rainbow raven reed reef reindeer river robin
    rosemary rowan saffron sail salmon sandpiper saturn sequoia shore sierra
    siskin skylark snowdrop snowflake sparrow spruce starling stream summit
    sunbeam sunflower sunrise swan sycamore tapir tern thistle thrush thyme toucan
    tulip valley violet voyager walnut warbler waterfall wave willow wind wombat
    wren yarrow yew zebra zephyr
"""

ADJECTIVES = tuple(_ADJECTIVES.split())
NOUNS = tuple(_NOUNS.split())
