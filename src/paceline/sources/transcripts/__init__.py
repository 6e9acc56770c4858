"""Transcripts of recorded calls → ``call_turn`` rows: WebVTT and RTTM."""
