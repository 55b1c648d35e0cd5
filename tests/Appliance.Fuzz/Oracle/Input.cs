namespace Appliance.Fuzz.Oracle;

/// <summary>One frame of a burst: what went in, what must become of it, what has become of it.</summary>
internal struct Input
{
    public int Offset;                      // in the burst's bytes
    public int Length;
    public int Port;                        // physical
    public bool IsOffered;                  // false: no pool had a frame left for it
    public Fate Fate;
    public int Sent;                        // frames it left as
    public int SentPayload;                 // bytes behind the IP header that its fragments carried so far
    public int Replies;                     // frames sent to answer it
    public int RepliedPayload;              // bytes that the fragments of an echo reply carried so far
}
