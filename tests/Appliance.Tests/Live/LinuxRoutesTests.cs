using System.Buffers.Binary;
using Appliance.Engine;
using Appliance.Ports.Linux;
using Appliance.Routing;
using Appliance.Running;
using Xunit;

namespace Appliance.Tests.Live;

/// <summary>When all of the host's routes are read anew. What they are does not matter here.</summary>
public sealed class LinuxRoutesTests : IDisposable
{
    private const int Device = 1;                                       // lo
    private const uint Named = 7, NamedByNone = 8;

    private readonly LinuxRoutes _routes = new();
    private readonly RouteChange[] _changes = new RouteChange[1000];
    private MonotonicTime _now = new(1_000_000_000_000);

    public void Dispose() => _routes.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_next_hop_that_routes_name_and_that_changes_has_them_read_at_once(bool isGone)
    {
        ReadAll();
        Assert.True(RouteNotice.TryRead(RouteBy(Named), 0, out RouteNotice route));
        _routes.OnRoute(route, isGone: false);
        TakeAll();
        MonotonicTime audit = _routes.NextDeadline;
        Assert.True(audit - _now > 1_000_000_000, "all are to be read by and by");
        _routes.OnNextHop(NamedByNone, isGone);
        Assert.Equal(audit, _routes.NextDeadline);
        _routes.OnNextHop(Named, isGone);
        Assert.True(_routes.NextDeadline < audit);
    }

    private void ReadAll()
    {
        do TakeAll();
        while (_routes.NextDeadline <= _now);
    }

    private void TakeAll()
    {
        var ends = new Dictionary<int, HostEnd> { [0] = new(null!, default, null!, Device) };
        while (_routes.Step(ends, _changes, _now) > 0)
        {
        }

        _now += 1_000_000;
    }

    /// <summary>RTM_NEWROUTE to 198.51.100.0/24 by the device, with RTA_NH_ID.</summary>
    private static byte[] RouteBy(uint number)
    {
        byte[] message = [2, 24, 0, 0, 254, 3, 253, 1, 0, 0, 0, 0, .. Attribute(1), .. Attribute(4), .. Attribute(30)];
        new byte[] { 198, 51, 100, 0 }.CopyTo(message, 16);
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(24), Device);
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(32), number);
        return message;

        static byte[] Attribute(byte type) => [8, 0, type, 0, 0, 0, 0, 0];
    }
}
