namespace Appliance.Firewall;

/// <summary>Where records keep their neighbours. A struct, so that the lists' code is made for it.</summary>
internal interface IBucketLinks
{
    ref BucketLink this[int record] { get; }
}
