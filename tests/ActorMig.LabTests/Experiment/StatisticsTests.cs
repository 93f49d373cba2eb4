using ActorMig.Lab.Experiment;

namespace ActorMig.LabTests.Experiment;

/// <summary>The numbers behind the experiment's verdicts.</summary>
public sealed class StatisticsTests
{
    [Theory]
    [InlineData(new double[] { 7 }, 0.5, 7)]
    [InlineData(new double[] { 3, 1, 2 }, 0.5, 2)]
    [InlineData(new double[] { 4, 1, 3, 2 }, 0.5, 2.5)]
    [InlineData(new double[] { 1, 2, 3, 4, 5 }, 0, 1)]
    [InlineData(new double[] { 1, 2, 3, 4, 5 }, 1, 5)]
    [InlineData(new double[] { 0, 10 }, 0.95, 9.5)]
    public void A_quantile_lies_between_its_neighbours(double[] values, double share, double expected) =>
        Assert.Equal(expected, Statistics.Quantile(values, share), 9);

    [Fact]
    public void There_is_no_quantile_of_nothing() => Assert.Throws<ArgumentException>(() => Statistics.Median([]));

    [Fact]
    public void A_ratio_of_equal_values_is_sure()
    {
        var ratio = Statistics.RatioOfMedians([20, 20, 20], [10, 10])!;
        Assert.Equal(new Interval(2, 2, 2), ratio);
    }

    [Fact]
    public void A_ratio_is_in_its_interval_and_the_same_each_time()
    {
        double[] values = [.. Enumerable.Range(1, 20).Select(n => 100.0 + n)], reference = [.. Enumerable.Range(1, 20).Select(n => 200.0 + (3 * n))];
        var ratio = Statistics.RatioOfMedians(values, reference)!;
        Assert.InRange(ratio.Value, ratio.Low, ratio.High);
        Assert.InRange(ratio.Low, 0.4, ratio.Value);
        Assert.InRange(ratio.High, ratio.Value, 0.6);
        Assert.Equal(ratio, Statistics.RatioOfMedians(values, reference));
    }

    [Fact]
    public void There_is_no_ratio_to_nothing_or_to_nought()
    {
        Assert.Null(Statistics.RatioOfMedians([], [1]));
        Assert.Null(Statistics.RatioOfMedians([1], []));
        Assert.Null(Statistics.RatioOfMedians([1], [0, 0, 0]));
        Assert.Null(Statistics.NoiseAlone([0, 0], [0, 0]));
    }

    /// <summary>Whether one series was lucky must not narrow what the other may do: the interval is around 1.</summary>
    [Fact]
    public void Noise_alone_is_around_one_and_wider_for_noisier_values()
    {
        double[] quiet = [.. Enumerable.Range(0, 20).Select(n => 100.0 + (n % 5))], noisy = [.. Enumerable.Range(0, 20).Select(n => 100.0 + (30 * (n % 5)))];
        var (small, large) = (Statistics.NoiseAlone(quiet, quiet)!, Statistics.NoiseAlone(noisy, noisy)!);
        Assert.Equal(1, small.Value);
        Assert.InRange(small.Low, 0.9, 1);
        Assert.InRange(small.High, 1, 1.1);
        Assert.True(large.High > small.High && large.Low < small.Low, $"{small} and {large}");
    }
}
