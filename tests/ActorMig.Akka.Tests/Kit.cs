using Akka.TestKit;

namespace ActorMig.Akka.Tests;

/// <summary>Akka.TestKit on an actor system that is there already: probes, and conditions that come to hold.</summary>
internal sealed class Kit(global::Akka.Actor.ActorSystem system) : TestKitBase(new Assertions(), system)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(20);

    /// <summary>True as soon as it holds; false if it does not in that time.</summary>
    public bool ComesToHold(Func<bool> condition, TimeSpan limit) => AwaitConditionNoThrow(condition, limit, LookAgain, TestContext.Current.CancellationToken);

    /// <summary>True as soon as it holds; false if it does not in that time.</summary>
    public Task<bool> ComesToHoldAsync(Func<bool> condition, TimeSpan limit) => AwaitConditionNoThrowAsync(condition, limit, LookAgain, TestContext.Current.CancellationToken);

    /// <summary>TestKit's packages for a test framework are for others than this one.</summary>
    private sealed class Assertions : ITestKitAssertions
    {
        public void Fail(string format = "", params object[] args) => Assert.Fail(Text(format, args));

        public void AssertTrue(bool condition, string format = "", params object[] args) => Assert.True(condition, Text(format, args));

        public void AssertFalse(bool condition, string format = "", params object[] args) => Assert.False(condition, Text(format, args));

        public void AssertEqual<T>(T expected, T actual, string format = "", params object[] args) => Assert.Equal(expected, actual);

        public void AssertEqual<T>(T expected, T actual, Func<T, T, bool> comparer, string format = "", params object[] args) =>
            Assert.True(comparer(expected, actual), Text(format, args));

        public Exception AssertThrows(Action action) => Assert.ThrowsAny<Exception>(action);

        public TException AssertThrows<TException>(Action action)
            where TException : Exception => Assert.ThrowsAny<TException>(action);

        public Task<Exception> AssertThrowsAsync(Func<Task> action) => Assert.ThrowsAnyAsync<Exception>(action);

        public Task<TException> AssertThrowsAsync<TException>(Func<Task> action)
            where TException : Exception => Assert.ThrowsAnyAsync<TException>(action);

        private static string Text(string format, object[] args) =>
            args.Length == 0 ? format : string.Format(System.Globalization.CultureInfo.InvariantCulture, format, args);
    }
}
