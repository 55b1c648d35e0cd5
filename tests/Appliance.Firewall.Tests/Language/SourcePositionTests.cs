using Appliance.Firewall.Language;
using Xunit;

namespace Appliance.Firewall.Tests.Language;

public sealed class SourcePositionTests
{
    [Fact]
    public void A_position_reads_as_compilers_print_it() =>
        Assert.Equal("edge.pf.conf:3:14", new SourcePosition("edge.pf.conf", 3, 14).ToString());
}
