namespace Appliance.Offload.Tests.Segmentation;

/// <summary>What is done to a train that a cutter would not give back, each by itself.</summary>
internal enum Hindrance
{
    None,
    Cwr,
    ReservedFlag,
    OtherFlag,                  // ECE, URG or RST on one frame
    PushInTheMiddle,
    FinInTheMiddle,
    IdentificationElsewhere,
    IdentificationFixedWithoutDontFragment,
    OtherHopLimit,
    OtherService,
    OtherMac,
    OtherWindow,
    OtherAcknowledgment,
    OtherOptions,
    OtherUrgentPointer,
    SequenceGap,
    ShortInTheMiddle,
    LongAtTheEnd,
    TcpChecksumOfAllOnes,
    IpChecksumOfAllOnes,
    TcpChecksumBad,
    PaddedFrame,
}
