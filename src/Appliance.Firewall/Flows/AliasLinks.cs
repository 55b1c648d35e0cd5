using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>The aliases' links, for the lists by bucket.</summary>
internal readonly struct AliasLinks(NativeArray<AliasRecord> records) : IBucketLinks
{
    ref BucketLink IBucketLinks.this[int record] => ref records[record].InBucket;
}
