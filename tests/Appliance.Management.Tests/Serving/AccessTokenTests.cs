using Xunit;

namespace Appliance.Management.Tests;

public sealed class AccessTokenTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("secret")]
    [InlineData("secret\n")]
    [InlineData("secret\r\n")]
    public void The_token_is_the_line_of_its_file(string contents)
    {
        AccessToken? token = AccessToken.Read(FileWith(contents), out string fault);
        Assert.Equal("", fault);
        Assert.True(token!.Is("secret"));
        Assert.All(["Secret", "secret ", "secre", "", "secret\n"], other => Assert.False(token.Is(other)));
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("\n", "empty")]
    [InlineData("one\ntwo\n", "one line")]
    [InlineData("with space", "without spaces")]
    [InlineData("schlüssel", "ASCII")]
    public void What_is_no_token_is_refused_with_the_reason(string contents, string reason)
    {
        Assert.Null(AccessToken.Read(FileWith(contents), out string fault));
        Assert.Contains(reason, fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    public void A_file_that_others_can_read_or_write_is_refused(UnixFileMode others)
    {
        Assert.Null(AccessToken.Read(FileWith("secret", Private | others), out string fault));
        Assert.Contains("chmod 600", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_a_fault()
    {
        Assert.Null(AccessToken.Read(_folder["nothing"], out string fault));
        Assert.NotEmpty(fault);
    }

    private string FileWith(string contents, UnixFileMode mode = Private)
    {
        string file = _folder.Write("token", contents);
        File.SetUnixFileMode(file, mode);
        return file;
    }
}
