namespace Appliance.Testing;

/// <summary>How much a run of the tests may take: a person waits, a build server has minutes, a soak has the night.</summary>
public static class TestSize
{
    public static long Of(long person, long server, long soak)
    {
        if (string.Equals(Environment.GetEnvironmentVariable("APPLIANCE_TEST_SIZE"), "soak", StringComparison.Ordinal)) return soak;
        return string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.Ordinal) ? server : person;
    }
}
