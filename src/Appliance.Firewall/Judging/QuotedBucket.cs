using System.Buffers.Binary;
using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>Where frames of a flow are steered, when one has not the frame but what was quoted or kept of it.</summary>
internal static class QuotedBucket
{
    /// <summary>
    /// The bucket of the flow between two endpoints, under rules that put them in order: of either direction.
    /// </summary>
    public static ushort Of(SteeringRules rules, bool v6, in FrameEndpoints flow)
    {
        FrameEndpoints ordered = IsLater(flow) ? flow.Turned() : flow;
        Span<byte> tuple = stackalloc byte[ToeplitzHash.MaxInputLength];
        int addresses = v6 ? 32 : 8;
        if (v6)
        {
            BinaryPrimitives.WriteUInt128BigEndian(tuple, ordered.Source);
            BinaryPrimitives.WriteUInt128BigEndian(tuple[16..], ordered.Destination);
        }
        else
        {
            BinaryPrimitives.WriteUInt32BigEndian(tuple, (uint)ordered.Source);
            BinaryPrimitives.WriteUInt32BigEndian(tuple[4..], (uint)ordered.Destination);
        }

        BinaryPrimitives.WriteUInt16BigEndian(tuple[addresses..], ordered.SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(tuple[(addresses + 2)..], ordered.DestinationPort);
        return rules.Table.BucketOf(rules.Hash.Hash(tuple[..(addresses + 4)]));
    }

    private static bool IsLater(in FrameEndpoints flow) =>
        flow.Source > flow.Destination || (flow.Source == flow.Destination && flow.SourcePort > flow.DestinationPort);
}
