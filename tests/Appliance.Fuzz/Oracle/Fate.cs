using Appliance.Engine;

namespace Appliance.Fuzz.Oracle;

/// <summary>What must become of a frame, and of the answer to it, as the twin says.</summary>
internal struct Fate
{
    public Outcome Outcome;
    public DropReason Reason;               // of a drop

    public int Ingress;                     // logical
    public int NetworkOffset;
    public int DatagramLength;
    public bool V6;
    public bool IsL2Group;                  // to a group
    public bool IsFromGroup;                // a source that no station has
    public bool IsFirstFragment;
    public bool IsLaterFragment;
    public bool IsSourceRouted;
    public bool IsNeighbourMessage;
    public bool IsIcmpError;
    public byte Protocol;                   // behind the extension headers
    public int TransportOffset;             // from the datagram's first byte

    public RouteFact? Way;                  // of a forwarded frame

    public ReplyKind Reply;
    public byte ErrorType;
    public byte ErrorCode;
    public uint ErrorWord;                  // behind the checksum
    public DropReason ReplyRefused;         // None: it leaves
    public RouteFact? ReplyWay;             // null: back to who asked, on the link

    public readonly bool IsFragment => IsFirstFragment || IsLaterFragment;
}
