namespace Appliance.Fuzz.Oracle;

internal enum Outcome : byte
{
    Drop,
    Consume,
    Forward,
}
