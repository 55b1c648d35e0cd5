namespace Appliance.Firewall;

/// <summary>A record's neighbours in the list of its bucket; -1: none.</summary>
internal struct BucketLink
{
    public const int End = -1;

    public int Next;
    public int Previous;
}
