using Appliance.Engine;
using Appliance.Wire.Pcap;

namespace Appliance.Node;

/// <summary>Why a record of a capture is no frame, in the data plane's words.</summary>
public static class Framing
{
    public static DropReason ReasonOf(FramingOutcome outcome) => outcome switch
    {
        FramingOutcome.CapturedShort => DropReason.CapturedShort,
        FramingOutcome.FrameTooLong => DropReason.FrameTooLong,
        FramingOutcome.LinkHeaderShort => DropReason.Short,
        _ => DropReason.LinkType,
    };
}
