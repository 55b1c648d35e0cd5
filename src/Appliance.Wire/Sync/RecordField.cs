namespace Appliance.Wire.Sync;

/// <summary>
/// What stands in a record that a peer is sent: a version, then fields of a number, a length and a value, each in one byte but the value.
/// Those of states, those of a table's entries and those of neighbours are in streams of their own. The numbers are on the wire: never
/// renumber. Who does not know a field skips it; who knows less of it reads what it knows.
/// <code>
///   | version | field | length | value … | field | length | value … |
/// </code>
/// Numbers are big-endian.
/// </summary>
public enum RecordField : byte
{
    Identity = 1,               // id 8, generation 4
    Shape = 2,                  // direction 1, family 1, protocol 1, is bound to its port 1, flags 2 (FlowFlags)
    Wire = 3,                   // outside and inside: addresses 4 or 16 each, then ports 2 each
    Stack = 4,                  // the same, where it differs
    Port = 5,                   // the name of the port that it passed
    Role = 6,                   // a group of that port
    Tcp = 7,                    // two ends (FlowTracks), then timeout 1, flags 1
    Pair = 8,                   // initiator 1, responder 1, timeout 1
    Icmp = 9,                   // timeout 1
    Sctp = 10,                  // two ends of tag 4 and state 1, then timeout 1
    Time = 11,                  // milliseconds: what remains 4, what there is from its latest frame on 4, since it was made 8
    Counters = 12,              // packets and bytes forward, packets and bytes reverse: 8 each
    Rule = 13,                  // of the filter's rule: a digest of its text 8
    Translation = 14,           // of the rule that translated
    Way = 15,                   // next hop 16, then the name of the port
    Source = 16,                // its source is tracked
    Sticky = 17,                // which memories hold its source: bit 0 for its new source, 1 its new destination, 2 its way
    Tag = 18,                   // the tag's name
    Matches = 19,               // of the match rules that count with it: 8 each
    TableName = 20,             // of the table, UTF-8
    TableEntry = 21,            // generation 4, what it is 1 (1 member, 2 negated, 3 not there), length of the prefix 1, address 4 or 16
    NeighbourPort = 22,         // the name of the port on whose link it is, UTF-8
    NeighbourEntry = 23,        // its MAC address 6, its address 4 or 16
    NeighbourUnseen = 24,       // nothing: where it is told as ended, the teller sees it no more and does not know that it is gone
}
