using Appliance.Engine;
using Xunit;

namespace Appliance.Firewall.Tests;

public sealed class PortSearchTests
{
    [Fact]
    public void A_search_in_vain_takes_a_tenth_of_the_time_and_one_among_few_ports_is_free()
    {
        var search = new PortSearch();
        var now = new MonotonicTime(1_000_000_000);
        Assert.True(search.MayBegin(now));
        search.NoteInVain(PortSearch.FewPorts, now);
        Assert.True(search.MayBegin(now));
        search.NoteInVain(15_535, now);
        Assert.False(search.MayBegin(now + 46_604_999));
        Assert.True(search.MayBegin(now + 46_605_000));
    }
}
