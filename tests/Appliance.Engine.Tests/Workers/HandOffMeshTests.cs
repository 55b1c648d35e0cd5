using Xunit;

namespace Appliance.Engine.Tests.Workers;

public sealed class HandOffMeshTests
{
    [Fact]
    public void Every_ordered_pair_of_workers_has_its_own_two_rings_and_nobody_one_to_himself()
    {
        using var mesh = new HandOffMesh(3, new FramePoolSize(8, 2, 1));
        var rings = new List<FrameRing>();
        for (int from = 0; from < 3; from++)
        {
            for (int to = 0; to < 3; to++)
            {
                Assert.Equal(from == to, mesh.Forward(from, to) is null);
                Assert.Equal(from == to, mesh.Home(from, to) is null);
                if (from != to) rings.AddRange([mesh.Forward(from, to)!, mesh.Home(from, to)!]);
            }
        }

        Assert.Equal(3, mesh.Workers);
        Assert.Equal(12, rings.Distinct().Count());
        Assert.Same(mesh.Forward(0, 1), mesh.Forward(0, 1));
    }

    [Theory]
    [InlineData(8, 2, 1, 16)]
    [InlineData(8, 8, 0, 16)]
    [InlineData(4096, 512, 192, 8192)]
    public void The_way_home_holds_every_slot_of_a_pool(int small, int jumbo, int large, int capacity)
    {
        using var mesh = new HandOffMesh(2, new FramePoolSize(small, jumbo, large));
        Assert.Equal(capacity, mesh.Home(0, 1)!.Capacity);
        Assert.Equal(HandOffMesh.ForwardCapacity, mesh.Forward(0, 1)!.Capacity);
    }

    [Fact]
    public void It_counts_what_lies_in_all_rings()
    {
        using var mesh = new HandOffMesh(2, new FramePoolSize(8, 0, 0));
        mesh.Forward(0, 1)!.Enqueue(new Frame[2]);
        mesh.Home(1, 0)!.Enqueue(new Frame[3]);
        Assert.Equal(5, mesh.Count);
    }

    [Fact]
    public void A_single_worker_has_no_rings()
    {
        using var mesh = new HandOffMesh(1, FramePoolSize.Default);
        Assert.Null(mesh.Forward(0, 0));
        Assert.Equal(0, mesh.Count);
    }
}
